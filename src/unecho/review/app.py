"""The review's answers to its page. All that changes anything is a POST with the version that the page knows."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import anyio.to_thread
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from ..base.wording import visible, visible_name
from ..decisions import sample
from ..decisions.log import StaleError
from ..errors import RunError, UnechoError, UsageError
from ..output import manifest
from ..report.html import sibling
from ..stored import settings_of
from . import index
from .answers import content, json, number, problem, shown, text, whole
from .desk import PAGE, Desk, Row
from .filter import Filter
from .scratch import Scratch
from .slowly import Slowly
from .view import KINDS, VERDICTS, View, read

Apply = Callable[[Path], str]
"""Writes the run anew with its decisions; returns what became of them, in words."""
_SHARED = "base.js", "text.js", "dom.js"
"""What the scripts of the report and of the review have in common."""
_AT_ONCE = 300
"""Findings of a batch that are written down before it is answered."""
_BUSY = "A large batch is being written: decide again in a moment."
_CHANGED = "Decisions were made in another window. They are shown now: decide again."


class Review:
    """A run under review: its index, rebuilt whenever somebody writes the run anew."""

    def __init__(self, run: Path, who: str, apply: Apply, tell: index.Progress = lambda _: None) -> None:
        self.run, self._who, self._apply, self._tell = run, who, apply, tell
        self._scratch = Scratch()
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] = (0, 0)
        self._desk: Desk | None = None
        self._writing: Slowly | None = None
        """The last batch that was too large for one answer."""
        with self._lock:
            self._open()

    def close(self) -> None:
        """Ends what is being written, and gives the disk space back."""
        if self._writing is not None:
            self._writing.wait()
        self._shut()
        self._scratch.give_back()

    def _shut(self) -> None:
        if self._desk is not None:
            self._texts.close()
            self._desk.index.close()
            self._desk = None

    def _open(self) -> None:
        self._shut()
        self._stamp = self._now()
        self.info = manifest.read_run(self.run)
        found, self._texts = index.build(self.run, self._scratch.path, self._tell)
        self._desk = desk = Desk(self.run, found, self._who)
        self._always = desk.facets, desk.thresholds  # computed now, so that no answer waits for them
        self._view = View(self._desk, self._texts, self.info["settings"])

    def _now(self) -> tuple[int, int]:
        try:
            stat = (self.run / manifest.RUN).stat()
        except OSError:
            raise RunError(f"{self.run} is gone or being written", "wait a moment and reload the page") from None
        return stat.st_ino, stat.st_mtime_ns

    def _fresh(self) -> tuple[Desk, View]:
        """The desk, with an index of the run as it is now."""
        if self._desk is None or self._now() != self._stamp:
            self._open()
        assert self._desk is not None
        return self._desk, self._view

    # ---- answers; each holds the lock ---------------------------------------------------------------

    def page(self, _: Request) -> Response:
        view = self._fresh()[1]
        name = visible_name(self.run.resolve().name)
        return HTMLResponse(view.page(run=name, who=self._who, path=visible_name(str(self.run))))

    def state(self, _: Request) -> Response:
        desk = self._fresh()[0]
        desk.said.reload()
        facets = {name: [(value, visible_name(value or ""), n) for value, n in found]
                  for name, found in desk.facets.items()}  # fmt: skip
        settings = self.info["settings"]
        return json({
            **self._standing(desk), "facets": facets, "names": {**KINDS, **VERDICTS},
            "threshold": settings["threshold"], "similar": settings["similar"],
        })  # fmt: skip

    def queue(self, request: Request) -> Response:
        desk, _ = self._fresh()
        chosen = Filter.of(request.query_params)
        after = whole(request.query_params.get("after", "0"))
        rows = [{name: shown(value) for name, value in row.items()} for row in desk.queue(chosen, after)]
        count = desk.count(chosen) if not after else None
        return json({"rows": rows, "more": len(rows) == PAGE, "count": count})

    def finding(self, request: Request) -> Response:
        _, view = self._fresh()
        member = request.query_params.get("member", "")
        html = view.finding(
            request.path_params["number"], whole(member) if member else None, bool(request.query_params.get("whole"))
        )
        return HTMLResponse(html) if html is not None else problem("no such finding", 404)

    def document(self, request: Request) -> Response:
        _, view = self._fresh()
        html = view.document(request.path_params["number"])
        return HTMLResponse(html) if html is not None else problem("no such document", 404)

    def batch_preview(self, request: Request) -> Response:
        desk, view = self._fresh()
        chosen = Filter.of(request.query_params)
        count, kinds = desk.kinds(chosen)
        rows = desk.samples(chosen, count["findings"])
        return json({"count": count, "kinds": kinds, "samples": len(rows), "html": view.samples(rows)})

    def threshold(self, request: Request) -> Response:
        desk, view = self._fresh()
        try:
            at = float(request.query_params.get("at", "0.9"))
        except ValueError:
            raise UsageError("the threshold is no number", "move the slider") from None
        html = view.samples(desk.at_border(at), "border.html.j2", at=at)
        steps = desk.thresholds if request.query_params.get("steps") else None
        return json({"steps": steps, "html": html})

    def notes(self, _: Request) -> Response:
        view = self._fresh()[1]
        return HTMLResponse(view.notes())

    def sample(self, _: Request) -> Response:
        desk, view = self._fresh()
        given = sample.answers(self.run, self.info["fingerprint"])
        rows = self._drawn(desk)
        drawn = {row["id"] for row in rows}
        given = {name: right for name, right in given.items() if name in drawn}
        waiting = next((row for row in rows if row["id"] not in given), None)
        html = view.removal(waiting, given, sample.summary(given), len(rows))
        return json({"html": html, "removal": waiting["id"] if waiting else None})

    def _drawn(self, desk: Desk) -> list[Row]:
        """The removals of the check by hand."""
        (population,) = desk.index.execute("SELECT max(num) + 1 FROM removals").fetchone()
        return desk.sampled(sample.drawn(self.info["fingerprint"], population or 0))

    # ---- what changes something ---------------------------------------------------------------------

    def decide(self, body: dict[str, Any]) -> Response:
        desk, view = self._fresh()
        member = body.get("member")
        step = desk.decide(
            text(body, "verdict"), number(body, "finding"), member if isinstance(member, int) else None,
            number(body, "version"),
        )  # fmt: skip
        note = ""
        if step.verdict == "swap":
            why = view.swap_problem(body["finding"], member, settings_of(self.info["settings"]))
            note = f"Both will stay. The kept text against this copy: {why}." if why else ""
        row = self._row(desk, body["finding"])
        return json({**self._standing(desk), "verdict": step.verdict, "finding": row, "note": visible(note)})

    def batch(self, body: dict[str, Any]) -> Response:
        desk, _ = self._fresh()
        filters = body.get("filter")
        if not isinstance(filters, dict):
            raise UsageError("no filter", "reload the page")
        batch = desk.decide_all(text(body, "verdict"), Filter.of(filters), number(body, "version"))
        if batch.findings <= _AT_ONCE:
            for _ in batch.write():
                pass
        else:
            self._writing = Slowly(batch.write(), self._lock)
        return json({**self._standing(desk), "findings": batch.findings})

    def progress(self, _: Request) -> Response:
        """How far the writing of a batch is."""
        desk, _view = self._fresh()
        failed = self._writing.problem if self._writing else ""
        return json({**self._standing(desk), "problem": visible(failed)})

    def undo(self, body: dict[str, Any]) -> Response:
        desk, _ = self._fresh()
        undone, about = desk.undo(number(body, "version"))
        return json({**self._standing(desk), "undone": VERDICTS.get(undone, undone), "finding": about})

    def answer(self, body: dict[str, Any]) -> Response:
        desk, _ = self._fresh()
        removal, right = text(body, "removal"), body.get("right")
        if not isinstance(right, bool) or removal not in {row["id"] for row in self._drawn(desk)}:
            raise UsageError("no answer, or no such removal", "reload the page")
        sample.answer(self.run, self.info["fingerprint"], removal, right, self._who)
        return json({})

    def apply(self, body: dict[str, Any]) -> Response:
        desk, _ = self._fresh()
        desk.said.reload()
        if number(body, "version") != desk.said.version:
            raise StaleError
        told = self._apply(self.run)
        desk, _ = self._fresh()
        return json({**self._standing(desk), "told": told})

    def _standing(self, desk: Desk) -> dict[str, Any]:
        problems = {"conflicts": len(desk.said.conflicts()), "stale": len(desk.said.stale())}
        writing = self._writing.done if self._writing and self._writing.running else None
        return {"version": desk.said.version, "progress": desk.progress(), "writing": writing, **problems}

    def _row(self, desk: Desk, number: int) -> dict[str, Any]:
        row = desk.finding(number)
        return {"num": number, "verdict": row["verdict"] if row else None}

    # ---- the application ----------------------------------------------------------------------------

    def application(self) -> Starlette:
        """What a server serves; to be wrapped in the guard."""
        asked = [
            ("/", self.page), ("/state", self.state), ("/queue", self.queue), ("/finding/{number:int}", self.finding),
            ("/document/{number:int}", self.document), ("/batch", self.batch_preview), ("/threshold", self.threshold),
            ("/notes", self.notes), ("/sample", self.sample), ("/progress", self.progress),
        ]  # fmt: skip
        told = [
            ("/decide", self.decide), ("/decide-all", self.batch), ("/undo", self.undo), ("/answer", self.answer),
            ("/apply", self.apply),
        ]  # fmt: skip
        return Starlette(routes=[
            *(Route(path, self._answering(work), methods=["GET"]) for path, work in asked),
            *(Route(path, self._answering(work, body=True), methods=["POST"]) for path, work in told),
            Route("/shared.js", content("".join(map(sibling, _SHARED)), "text/javascript")),
            Route("/review.js", content(read("review.js"), "text/javascript")),
            Route("/review.css", content(sibling("tokens.css") + read("review.css"), "text/css")),
            Route("/icon.svg", content(read("icon.svg"), "image/svg+xml")),
        ])  # fmt: skip

    def _answering(self, work: Callable[[Any], Response], body: bool = False) -> Callable[[Request], Any]:
        @wraps(work)
        async def answer(request: Request) -> Response:
            given: Any = request
            if body:
                try:
                    given = orjson.loads(await request.body())
                except orjson.JSONDecodeError:
                    given = None
                if not isinstance(given, dict):
                    return problem("no JSON object", 400)
                if self._writing and self._writing.running:
                    return problem(_BUSY, 503)
            return await anyio.to_thread.run_sync(self._in_turn, work, given)

        return answer

    def _in_turn(self, work: Callable[[Any], Response], given: Any) -> Response:
        with self._lock:
            try:
                return work(given)
            except StaleError:
                return problem(_CHANGED, 409)
            except UsageError as error:
                return problem(f"{error}: {error.hint}", 400)
            except UnechoError as error:
                return problem(f"{error}: {error.hint}", 503)
