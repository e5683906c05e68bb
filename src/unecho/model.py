"""The records that pass between the stages. Offsets are characters of a document's text as read."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar, dataclass_transform

C = TypeVar("C")

Format = Literal["text", "html", "jsonl"]
Mode = Literal["raw", "extracted"]
Status = Literal["kept", "trimmed", "dropped", "skipped"]
Reason = Literal["boilerplate", "duplicate", "repeat", "passage"]
MemberRelation = Literal["exact", "near", "contained"]
StoryRelation = Literal["same", "partial", "quotes"]

CATEGORIES = (
    "navigation",
    "app-banner",
    "share",
    "newsletter",
    "related",
    "teaser",
    "caption",
    "byline",
    "date",
    "legal",
    "cookie",
    "comments",
    "login",
    "advert",
    "tags",
    "player",
    "repeat",
    "other",
)
"""What a line that belongs to the site, and not to the article, can be."""


@dataclass_transform(frozen_default=True)
def record(cls: type[C]) -> type[C]:
    """A dataclass that the type checker takes for frozen. At run time nothing guards it: with guards it takes five
    times as long to make, and a run makes millions. Nor has it slots: orjson takes three times as long to write it."""
    return dataclass(unsafe_hash=True)(cls)


@dataclass_transform(frozen_default=True)
def slotted(cls: type[C]) -> type[C]:
    """``record`` with slots, which take less memory and time to send to another process: for what is never written
    as JSON."""
    return dataclass(unsafe_hash=True, slots=True)(cls)


@dataclass(frozen=True, slots=True)
class Source:
    """One input file. ``name`` is its relative path: forward slashes, valid UTF-8, unique in a run."""

    path: Path
    name: str
    format: Format
    compressed: bool = False


@slotted
class Raw:
    """The bytes of one document before anything is made of them: a file, or one line of a JSONL file."""

    source: Source
    row: int | None
    """0-based line number in a JSONL file; None where the file is the document."""
    data: bytes


class Block(NamedTuple):
    """A block of an HTML page: where its text lies in the document's text, and what the markup says of it."""

    start: int
    end: int
    tag: str
    """Nearest block-level tag: "p", "h1".."h6", "li", "blockquote", "pre", "tr", "figcaption", "div", ..."""
    ancestors: tuple[str, ...]
    """Tags above, outermost first, ``tag`` not included."""
    tokens: frozenset[str]
    """Lower-case words of the class, id, role and itemprop attributes of the block and its ancestors."""
    link_density: float
    """Share of the block's characters that lie inside links, 0 to 1."""
    path: tuple[int, ...] = ()
    """Which elements ``ancestors`` and the block's own are: numbers in the order of the page."""
    own: frozenset[str] = frozenset()
    """Those of ``tokens`` that its own element has, and the elements inside that hold all its text."""


@slotted
class Document:
    """One article as read."""

    id: str
    utf8: bytes
    """Its text, lone surrogates passed: most of the work needs no more of it."""
    source: str
    """Name of the file it comes from."""
    format: Format = "text"
    row: int | None = None
    title: str | None = None
    url: str | None = None
    site: str = ""
    date: str | None = None
    """ISO 8601 where it could be read as a date, else as found."""
    language: str | None = None
    author: str | None = None
    encoding: str = "utf-8"
    bom: bool = False
    repaired: tuple[tuple[int, str], ...] = ()
    """Bytes that no encoding explained: (offset of the U+FFFD that stands for them, the bytes in hex)."""
    blocks: tuple[Block, ...] = ()
    """HTML evidence; empty for plain text."""
    frame: bytes = b""
    """For a JSONL row: the line without the text (``records.frame_utf8``), so that all else of it is written back."""
    field: str = ""
    """For a JSONL row: the name of the field the text came from."""

    @property
    def text(self) -> str:
        return self.utf8.decode("utf-8", "surrogatepass")

    def light(self) -> Document:
        """What is known of it, without text, blocks and frame."""
        return Document(
            self.id, b"", self.source, self.format, self.row, self.title, self.url, self.site, self.date, self.language,
            self.author, self.encoding, self.bom, self.repaired, field=self.field,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Skipped:
    """An input that could not be read, and why."""

    id: str
    source: str
    reason: str
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """What the cleaner thinks of one paragraph. ``category`` is None for content of the article."""

    category: str | None
    confidence: float
    rule: str
    """The rule or the evidence behind it, e.g. "app-banner.download-on" or "context.outside-main-run"."""


@record
class Place:
    """A span of a document's text, ``end`` exclusive."""

    document: str
    start: int
    end: int


@record
class Removal:
    """A span taken out of a document. Removals of one document never overlap."""

    id: str
    document: str
    start: int
    end: int
    text: str
    reason: Reason
    category: str | None = None
    confidence: float | None = None
    rule: str | None = None
    keeper: Place | None = None
    """Where the copy that stays lies (None for boilerplate)."""
    covered: float | None = None
    """Share of the words of the removed text that the keeper's document prints too, in order."""
    resemblance: float | None = None
    containment: float | None = None
    cluster: str | None = None
    words: int = 0


@dataclass(frozen=True, slots=True)
class Grounds:
    """What spoke against a line that the trained model took out, in words, strongest first."""

    document: str
    start: int
    end: int
    reasons: tuple[str, ...]


@record
class Member:
    """A paragraph of a cluster, verified against the keeper."""

    document: str
    start: int
    end: int
    covered: float
    resemblance: float
    containment: float
    relation: MemberRelation
    action: Literal["removed", "kept"]
    why: str


@record
class Cluster:
    """A star of paragraphs around the copy that stays."""

    id: str
    keeper: Place
    why_kept: str
    members: tuple[Member, ...]


@record
class Passage:
    """A run of words that two documents share, small edits allowed."""

    id: str
    group: str
    """Passages of the same quote, over any number of documents, carry the same group."""
    a: str
    a_start: int
    a_end: int
    b: str
    b_start: int
    b_end: int
    words: int
    """Words of the shorter side."""
    matched: int
    """Words that are equal on both sides."""
    quote: bool
    """True where the two documents are not otherwise the same story or copies of the paragraph."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote over all passages of its group: words of the longest, documents that print it, and the first place in
    each of them, or in the first ones."""

    words: int
    documents: int
    places: tuple[Place, ...]


@record
class StoryPair:
    """Two documents and how much of each the other prints (0 to 1, by words)."""

    a: str
    b: str
    a_covered: float
    b_covered: float
    relation: StoryRelation


@record
class Story:
    """Documents that print the same article (or, with two documents, a part of it)."""

    id: str
    keeper: str
    documents: tuple[str, ...]
    pairs: tuple[StoryPair, ...]


@record
class DocumentRecord:
    """What became of one document: a line of ``documents.jsonl``."""

    id: str
    status: Status
    reason: str | None
    source: str
    row: int | None = None
    format: Format | None = None
    field: str | None = None
    """For a JSONL row: the field the text came from."""
    output: str | None = None
    """Path of the cleaned file below ``clean/``, whether or not the document is still in it."""
    title: str | None = None
    url: str | None = None
    site: str | None = None
    date: str | None = None
    language: str | None = None
    encoding: str | None = None
    bom: bool = False
    repaired: tuple[tuple[int, str], ...] = ()
    chars: int = 0
    words: int = 0
    mode: Mode | None = None
    words_removed: dict[str, int] = dataclass_field(default_factory=dict)
    sha256: str | None = None
    """Of the text as read, in UTF-8."""
    record: str | None = None
    """For a dropped JSONL row: the line as read with an empty text, so that ``restore`` can put it back."""
    author: str | None = None
