"""What the review shows of a finding: texts side by side, word by word, in their surroundings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from ..base.wording import counted, one_line, percent, visible, visible_name
from ..config import Settings
from ..decisions.recheck import prove
from ..decisions.sample import Summary
from ..explaining.because import because, rules_of
from ..output.kept import kept_spans, paragraphs
from ..report.diff import Piece, fold, word_diff
from ..report.judge import containment_of_kept
from .desk import Desk, Row
from .index import NO_SITE
from .texts import Texts

LONGEST = 20_000
"""Characters of one paragraph that are compared and shown."""
_SAMPLE = 700
"""Characters of a sample."""
_AROUND = 400
"""Characters of a neighbouring paragraph."""

VERDICTS = {
    "accept": "accepted", "reject": "not duplicates", "exclude": "one stays", "swap": "swapped", "partly": "in part",
    "boilerplate": "boilerplate everywhere", "never-boilerplate": "never boilerplate", "undo": "undone",
}  # fmt: skip
KINDS = {
    "exact": "exact copy", "near": "near copy", "contained": "part of the kept text",
    "guarded": "differs where it matters", "similar": "only similar", "duplicate": "copy",
    "repeat": "repeat in one document", "passage": "cut quote", "line": "boilerplate", "cluster": "copies",
    "copy": "repeats and quotes", "quote": "quote that stays",
}  # fmt: skip
REASONS = {"earliest": "it is the earliest", "longest": "its document is the longest", "path": "its path comes first",
           "latest": "it is the latest", "shortest": "its document is the shortest",
           "first": "it is the first"}  # fmt: skip


def read(name: str) -> str:
    """A file that is shipped beside this module."""
    return files("unecho.review").joinpath(name).read_text("utf-8")


class View:
    """Renders pieces of the page. Whatever comes from articles is escaped, and shown visibly."""

    def __init__(self, desk: Desk, texts: Texts, settings: Mapping[str, Any]) -> None:
        self._desk, self._texts = desk, texts
        threshold, known = float(settings["threshold"]), rules_of(settings)
        self._templates = jinja2.Environment(
            loader=jinja2.FunctionLoader(read), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
            lstrip_blocks=True, finalize=_finalize,
        )  # fmt: skip
        self._templates.filters.update(
            number=lambda value: f"{value:,}", count=counted, name=visible_name, line=one_line, link=safe_link,
            percent=lambda share: percent(share, down=True), verdict=lambda name: VERDICTS.get(name, name),
            kind=lambda name: KINDS.get(name, name), kept=lambda why: REASONS.get(why, why),
        )  # fmt: skip
        self._templates.globals.update(
            threshold=threshold, of_kept=containment_of_kept, because=lambda rule: because(rule or "", known)
        )

    def page(self, **values: Any) -> str:
        return self._templates.get_template("page.html.j2").render(**values)

    def finding(self, number: int, member: int | None, whole: bool) -> str | None:
        """A finding with one of its members compared; None if there is no such number."""
        row = self._desk.finding(number)
        if row is None:
            return None
        template = self._templates.get_template("finding.html.j2")
        if row["kind"] == "line":
            places = [self._place(place) for place in self._desk.places_of_line(row["key"])]
            return template.render(finding=row, places=places, text=self._text(row), sites=self._sites(row["id"]))
        members = self._desk.members(row["id"])
        chosen = next((m for m in members if m["num"] == member), members[0])
        return template.render(
            finding=row, members=members, chosen=chosen, keeper=self._place({**row, **self._named(row["document"])}),
            other=self._place(chosen), whole=whole, more=row["copies"] - 1 - len(members),
            **self._panes(self._text(row), self._text(chosen), whole),
        )  # fmt: skip

    def samples(self, rows: Sequence[Mapping[str, Any]], template: str = "samples.html.j2", **more: Any) -> str:
        """Findings or members in short, kept text and copy."""
        shown = [self._sample(row) for row in rows]
        return self._templates.get_template(template).render(samples=shown, **more)

    def removal(self, row: Row | None, answers: Mapping[str, bool], summary: Summary, total: int) -> str:
        """One removal of the check by hand."""
        shown: dict[str, Any] = {}
        if row is not None:
            shown = {"other": self._place({**row, **self._named(row["document"])}), "keeper": None}
            if row["k_document"] is not None:
                keeper = {"document": row["k_document"], "start": row["k_start"], "end": row["k_end"]}
                shown["keeper"] = self._place({**keeper, **self._named(row["k_document"])})
                shown |= self._panes(self._text(keeper), self._text(row), False)
        return self._templates.get_template("sample.html.j2").render(
            removal=row, summary=summary, total=total, done=len(answers), **shown
        )

    def swap_problem(self, number: int, member: int | None, settings: Settings) -> str:
        """Why the kept text of a finding could not go if a member stayed in its place; empty if it could."""
        finding = self._desk.finding(number)
        members = self._desk.members(finding["id"], 1_000_000) if finding else []
        chosen = next((m for m in members if m["num"] == member), members[0] if members else None)
        if finding is None or chosen is None:
            return ""
        text = self._texts.text(chosen["document"])
        gone = [(r["start"], r["end"]) for r in self._desk.removals_of(chosen["document"]) if not _holds(r, chosen)]
        kept = kept_spans(text, gone, self._is_page(chosen["document"]))
        (proof,) = prove(text, kept, [self._text(finding)], settings)
        if proof is not None and proof.enough:
            return ""
        return proof.why if proof else "too little of it is there"

    def document(self, number: int) -> str | None:
        """A document as it was read, with what was found marked in it."""
        row = self._desk.document(number)
        if row is None:
            return None
        text, at, segments = self._texts.text(number), 0, list[tuple[str, Any]]()
        for removal in self._desk.removals_of(number):
            gone = text[removal["start"] : removal["end"]]
            start = removal["start"] + len(gone) - len(gone.lstrip())
            segments += [(text[at:start], None), (gone.strip(), removal)]
            at = start + len(gone.strip())
        segments.append((text[at:], None))
        return self._templates.get_template("document.html.j2").render(document=row, segments=segments)

    def notes(self) -> str:
        """Where people differ, and which decisions found nothing to decide."""
        template = self._templates.get_template("notes.html.j2")
        return template.render(conflicts=self._desk.said.conflicts(), stale=self._desk.said.stale())

    def _panes(self, kept: str, other: str, whole: bool) -> dict[str, list[Piece]]:
        pieces = word_diff(kept[:LONGEST], other[:LONGEST])
        shown = pieces if whole else fold(pieces)
        return {
            "kept_pieces": [piece for piece in shown if piece.kind != "here-only"],
            "other_pieces": [piece for piece in shown if piece.kind != "kept-only"],
        }

    def _sample(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A member, or the first member of a finding of the queue, with its keeper."""
        finding = self._desk.finding(row.get("finding_num", row["num"]))
        if finding is None:
            return {}
        members = self._desk.members(finding["id"], 1)
        member = row if "finding_num" in row else members[0]
        if finding["kind"] == "line":
            return {"finding": finding, "member": None, "pieces": [], "place": self._named(finding["document"])}
        pieces = fold(word_diff(self._text(finding)[:LONGEST], self._text(member)[:LONGEST]), 24, 8)
        return {
            "finding": finding,
            "member": member,
            "pieces": list(_first(pieces)),
            "place": self._named(member["document"]),
        }

    def _text(self, place: Mapping[str, Any]) -> str:
        return self._texts.text(place["document"])[place["start"] : place["end"]].strip("\r\n")

    def _named(self, document: int) -> dict[str, Any]:
        row = self._desk.document(document)
        return {name: row[name] for name in ("name", "title", "site", "date", "url")} if row else {}

    def _place(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Where a paragraph stands: its document, and what stands before and after it."""
        text = self._texts.text(row["document"])
        spans = paragraphs(text, self._is_page(row["document"]))
        before, after = _around(text, spans, row["start"], row["end"])
        return {
            **{name: row[name] for name in ("document", "name", "title", "date", "url", "start", "end")},
            "site": row["site"] if row["site"] != NO_SITE else "",
            "before": before, "after": after,
            "text": text[row["start"] : row["end"]],
        }  # fmt: skip

    def _is_page(self, document: int) -> bool:
        row = self._desk.document(document)
        return bool(row and row["page"])

    def _sites(self, finding: int) -> list[str]:
        query = "SELECT site FROM finding_sites WHERE finding = ? AND site != ? ORDER BY site LIMIT 12"
        return [row[0] for row in self._desk.index.execute(query, (finding, NO_SITE))]


def safe_link(url: str | None) -> str:
    """``url`` where it is an ordinary web address; empty for javascript: and everything else."""
    plain = (url or "").strip()
    return plain if plain.lower().startswith(("http://", "https://")) else ""


def _holds(removal: Row, member: Row) -> bool:
    return bool(removal["start"] <= member["start"] and member["end"] <= removal["end"])


def _around(text: str, spans: Sequence[tuple[int, int]], start: int, end: int) -> tuple[str, str]:
    """What stands before and after a place: the rest of its paragraph, or the neighbouring one."""
    before, after = "", ""
    for low, high in spans:
        if low < start < high and _has_words(text[low:start]):
            before = _end(text[low:start].lstrip())
        elif high <= start + 1:
            before = " … ".join(_ends(text[low:high]))
    for low, high in reversed(spans):
        if low < end < high and _has_words(text[end:high]):
            after = _beginning(text[end:high].rstrip())
        elif low >= end:
            after = " … ".join(_ends(text[low:high]))
    return before, after


def _first(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """As many pieces as a sample shows."""
    room = _SAMPLE
    for piece in pieces:
        if room <= 0:
            yield Piece("same", " …", 0)
            return
        yield piece
        room -= len(piece.text)


def _has_words(text: str) -> bool:
    return any(map(str.isalnum, text))


def _end(text: str) -> str:
    return text if len(text) <= _AROUND else re.sub(r"^\S*\s+", "… ", text[-_AROUND:])


def _beginning(text: str) -> str:
    return text if len(text) <= _AROUND else re.sub(r"\s+\S*$", " …", text[:_AROUND])


def _ends(text: str) -> list[str]:
    return [text] if len(text) <= _AROUND else [text[: _AROUND // 2], text[-_AROUND // 2 :]]


def _finalize(value: Any) -> Any:
    """Every text that reaches the page passes here, so none can forget to show what is invisible."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
