"""Run folders written by hand out of the model's records, for tests of what reads them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from unecho.model import Cluster, DocumentRecord, Member, Passage, Place, Removal, Status, Story, StoryPair

SETTINGS: dict[str, Any] = {
    "threshold": 0.9,
    "similar": 0.5,
    "keep": ["earliest", "longest", "path"],
    "ignore_numbers": False,
    "ignore_names": False,
    "cut_passages": False,
    "rules": "",
}
LSH = {"permutations": 128, "bands": 42, "rows": 3, "expected_recall": {"0.5": 0.996, "0.9": 1.0}}


@dataclass
class Run:
    """A run folder in the making."""

    documents: list[DocumentRecord] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    removals: list[Removal] = field(default_factory=list)
    clusters: list[Cluster] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    stories: list[Story] = field(default_factory=list)
    inputs: list[str] = field(default_factory=lambda: ["articles"])
    ignored: dict[str, int] = field(default_factory=dict)
    decisions: dict[str, int] | None = None
    decided: list[dict[str, Any]] = field(default_factory=list)

    def document(self, name: str, text: str, **more: Any) -> str:
        """Add a document; its figures are set when the folder is written."""
        self.texts[name] = text
        record = DocumentRecord(name, "kept", None, name, chars=len(text), words=len(text.split()), **more)
        self.documents.append(record)
        return name

    def place(self, name: str, part: str) -> Place:
        start = self.texts[name].index(part)
        return Place(name, start, start + len(part))

    def remove(self, place: Place, **more: Any) -> None:
        text = self.texts[place.document][place.start : place.end]
        number = f"r{len(self.removals):05}"
        words = len(text.split())
        values = {"reason": "boilerplate", "words": words, **more}
        self.removals.append(Removal(number, place.document, place.start, place.end, text, **values))

    def cluster(self, keeper: Place, *members: Member, why: str = "earliest: 2019-11-20") -> None:
        """Add a cluster, and the removals that its members say."""
        number = f"c{len(self.clusters):05}"
        self.clusters.append(Cluster(number, keeper, why, members))
        for m in members:
            if m.action == "removed":
                place = Place(m.document, m.start, m.end)
                self.remove(place, reason="duplicate", keeper=keeper, covered=m.covered, cluster=number)

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        documents = [self._finished(record) for record in self.documents]
        _write(folder / "documents.jsonl", documents)
        _write(folder / "removals.jsonl", sorted(self.removals, key=lambda r: (r.document, r.start)))
        _write(folder / "clusters.jsonl", self.clusters)
        _write(folder / "passages.jsonl", self.passages)
        _write(folder / "stories.jsonl", self.stories)
        (folder / "decided.jsonl").write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in self.decided))
        info = {
            "unecho": "0.1.0",
            "command": "dedupe",
            "settings": SETTINGS,
            "fingerprint": "0" * 32,
            "inputs": self.inputs,
            "ignored": self.ignored,
            "counts": self._counts(documents),
            "lsh": LSH,
            **({"decisions": self.decisions} if self.decisions else {}),
        }
        (folder / "run.json").write_bytes(orjson.dumps(info))
        return folder

    def _finished(self, record: DocumentRecord) -> DocumentRecord:
        if record.status != "kept":
            return record
        removed: dict[str, int] = {}
        for r in self.removals:
            if r.document == record.id:
                removed[r.reason] = removed.get(r.reason, 0) + r.words
        status: Status = "trimmed" if removed else "kept"
        if sum(removed.values()) == record.words and removed:
            status = "dropped"
        return replace(record, status=status, words_removed=removed)

    def _counts(self, documents: list[DocumentRecord]) -> dict[str, Any]:
        words = sum(record.words for record in documents)
        removed: dict[str, int] = dict.fromkeys(("boilerplate", "duplicate", "repeat", "passage"), 0)
        for r in self.removals:
            removed[r.reason] += r.words
        return {
            "documents": len(documents),
            **{s: sum(d.status == s for d in documents) for s in ("kept", "trimmed", "dropped", "skipped")},
            "paragraphs": sum(text.count("\n") + 1 for text in self.texts.values()),
            "words": words,
            "words_kept": words - sum(removed.values()),
            "words_removed": removed,
            "removals": len(self.removals),
            "clusters": len(self.clusters),
            "passages": len(self.passages),
            "stories": len(self.stories),
        }


def _write(path: Path, records: list[Any]) -> None:
    path.write_bytes(b"".join(orjson.dumps(asdict(record)) + b"\n" for record in records))


def member(place: Place, covered: float = 1.0, relation: Any = "exact", action: Any = "removed") -> Member:
    why = {"removed": "covered", "kept": "number 1,500 is missing from the kept copy"}[action]
    return Member(place.document, place.start, place.end, covered, covered, covered, relation, action, why)


def skip(run: Run, name: str, reason: str) -> None:
    run.documents.append(DocumentRecord(name, "skipped", reason, name))


STORY = (
    "Officials in the northern province said on Tuesday that 1,500 people had left their homes "
    "after the river rose, and that more rain was expected before the end of the week."
)
NEAR = STORY.replace("Tuesday", "Wednesday")
OTHER_NUMBER = STORY.replace("1,500", "2,500")
BANNER = "Download on the App Store"


def small() -> Run:
    """Four documents: a keeper, a near copy, one whose number differs, and one that cannot be read."""
    run = Run(ignored={".pdf": 3})
    run.document("a.txt", f"{BANNER}\n{STORY}\nOnly here, in a.", title="Rain in the north", site="a.example")
    run.document("b.txt", f"{NEAR}\nOnly here, in b.", site="b.example", url="https://b.example/1")
    run.document("c.txt", f"{OTHER_NUMBER}\nOnly here, in c.", site="b.example")
    skip(run, "broken.html", "binary: NUL bytes")
    run.remove(run.place("a.txt", BANNER), category="app-banner", rule="app-banner.download-on")
    run.cluster(
        run.place("a.txt", STORY),
        member(run.place("b.txt", NEAR), 0.96, "near"),
        member(run.place("c.txt", OTHER_NUMBER), 0.96, "near", "kept"),
    )
    run.passages.append(Passage("p1", "g1", "a.txt", 26, 60, "c.txt", 0, 34, 5, 5, True))
    run.stories.append(Story("s1", "a.txt", ("a.txt", "b.txt"), (StoryPair("a.txt", "b.txt", 0.8, 0.9, "same"),)))
    return run


def many() -> Run:
    """Thirty documents that print one paragraph, some banners, and ten clusters of two."""
    run = Run()
    for number in range(30):
        run.document(f"d{number:02}.txt", f"Banner number {number}\n{STORY}\nPair {number // 2} of paragraphs.")
    for number in range(30):
        name = f"d{number:02}.txt"
        run.remove(run.place(name, f"Banner number {number}"), category="other", rule="other.banner")
    copies = [member(run.place(f"d{number:02}.txt", STORY)) for number in range(1, 30)]
    run.cluster(run.place("d00.txt", STORY), *copies)
    for number in range(10):
        part = f"Pair {number} of paragraphs."
        keeper, copy = (run.place(f"d{2 * number + k:02}.txt", part) for k in (0, 1))
        run.cluster(keeper, member(copy, 0.9 + number / 100, "near"))
    return run


HOSTILE = (
    '<script>alert(1)</script><img src=x onerror=alert(2)> " onmouseover="alert(3)" \'><b>bold</b> '
    "[bold red]markup[/bold red] [/] {{ 7 * 7 }} {% raw %} \x1b[31mred\x1b]0;title\x07 \u202erevo\u202c "
    "zero\u200bwidth \u2028 </style> <!-- &amp; `code` | cell | [x](javascript:alert(4)) :smile: "
    "=HYPERLINK(1) words that follow to make it long enough"
)
NAME = "evil\n<script>alert(5)</script>[red]\x1b[2J\u202e.txt"


def hostile() -> Run:
    run = Run(inputs=[NAME], ignored={f".{NAME}": 1})
    more = {
        "title": HOSTILE,
        "site": NAME,
        "url": "javascript:alert(6)",
        "date": HOSTILE,
        "language": HOSTILE,
    }
    run.document(NAME, f"{HOSTILE}\n{STORY}", output=NAME, **more)
    run.document("b" + NAME, f"{HOSTILE}\n{STORY}", **more)
    skip(run, "c" + NAME, HOSTILE)
    run.cluster(run.place(NAME, HOSTILE), member(run.place("b" + NAME, HOSTILE), 0.95, "near"), why=HOSTILE)
    run.remove(run.place(NAME, HOSTILE), category=HOSTILE, rule=HOSTILE)
    end = len(HOSTILE)
    run.passages.append(Passage("p", "g", NAME, 0, end, "b" + NAME, 0, end, 9, 9, True))
    run.stories.append(Story(HOSTILE, NAME, (NAME, "b" + NAME), (StoryPair(NAME, "b" + NAME, 1, 1, "same"),)))
    return run


KINDS = {
    "script": "<script>alert(1)</script><script src=https://evil.example/x.js></script>",
    "end of script in JSON": '</script><script>alert(2)</script> "]}</script><!--',
    "event handlers": '<img src=x onerror=alert(3)> " onmouseover="alert(4)" autofocus onfocus=alert(5)',
    "javascript address": "javascript:alert(6) [x](javascript:alert(7)) <a href=javascript:alert(8)>x</a>",
    "right to left": "over\u202egpj.exe \u2066inside\u2069 \u200fmark",
    "zero width": "zero\u200bwidth\ufeff soft\xadhyphen",
    "control characters": "null\x00 bell\x07 delete\x7f next\x85 line\u2028separator",
    "terminal escapes": "\x1b[31mred\x1b]0;title\x07 \x9b2J",
    "template markup": "{{ 7 * 7 }} {% raw %} ${alert(9)} [bold red]x[/bold red] &lt;b&gt;",
}
"""Every kind of hostile content, each by itself."""
MARKUP_NAME = "evil\n<script>alert(10)</script><img src=x onerror=alert(11)>\x1b[2J\u202e.txt"


def hostile_to(text: str, name: str) -> Run:
    """A run in which a hostile text is a title, a name, a site, a paragraph, a quote, a rule and boilerplate."""
    run = Run(inputs=[name])
    filler = "and these words make the paragraph long enough to be looked at by everybody"
    more: dict[str, Any] = {"title": text, "site": text, "url": f"javascript:{text}", "date": text, "language": text}
    first, second = f"{text} first", f"{text} second"
    run.document(name, f"{first} {filler}\n{text} banner", output=name, **more)
    run.document("b" + name, f"{second} {filler}\nrest", **more)
    run.cluster(
        run.place(name, f"{first} {filler}"),
        member(run.place("b" + name, f"{second} {filler}"), 0.92, "near"),
        why=text,
    )
    run.remove(run.place(name, f"{text} banner"), category=text, rule=text)
    run.passages.append(Passage("p", text, name, 0, len(first), "b" + name, 0, len(second), 9, 9, True))
    run.stories.append(Story(text, name, (name, "b" + name), (StoryPair(name, "b" + name, 1, 1, "same"),)))
    return run
