"""The words of a corpus that are compared, as columns: what every stage of the matching works on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..base.columns import PIECE, Hashes, Ints, Mask, edges_of, offsets_of, ordered, pieces, release
from ..base.spool import Encoded
from ..compiled.when import is_large
from ..text import shingles
from ..text.lookup import first_equal
from ..text.vocabulary import Numbers
from .places import Lookup, Places
from .seeds import Stream


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """Content paragraphs in order of document and start: int64 columns, offsets in characters."""

    document: Ints
    start: Ints
    end: Ints

    def __len__(self) -> int:
        return len(self.document)


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents by number (in order of id), their content paragraphs and those paragraphs' tokens.

    tokens of paragraph i: stream.paragraphs[i]:stream.paragraphs[i + 1], with the characters
    start:end of the document's text.
    ``kind``: int64, for every paragraph the number of the first one with the same words.
    ``text(document)`` gives a document's text as read.
    """

    ids: tuple[str, ...]
    paragraphs: Paragraphs
    stream: Stream
    places: Places
    by_character: Mask
    """Paragraphs of scripts written without spaces."""
    long: Mask
    """Paragraphs long enough to be removed as duplicates."""
    kind: Ints
    text: Callable[[int], str]
    utf8: Callable[[], Encoded]
    """All texts."""

    @property
    def paragraph_of_token(self) -> Lookup:
        return self.places.paragraph_of_token

    @property
    def start(self) -> Lookup:
        """The characters of their documents' texts at which tokens begin."""
        return self.places.start

    @property
    def end(self) -> Lookup:
        return self.places.end

    def release(self, above: float = 0) -> None:
        """Take the columns of tokens out of memory, if they lie on disk (see ``columns.release``) and if more than
        so many megabytes of files are in it."""
        release(self.stream.word, self.stream.flags, self.places.step, above=above)

    def tokens(self, paragraph: int) -> slice:
        return slice(int(self.stream.paragraphs[paragraph]), int(self.stream.paragraphs[paragraph + 1]))

    def place(self, first: int, last: int) -> tuple[int, int, int]:
        """(document, start, end) of the paragraphs first to last, which lie in one document."""
        columns = self.paragraphs
        return int(columns.document[first]), int(columns.start[first]), int(columns.end[last])


def kinds(word: Numbers, paragraphs: Ints, workers: int = 1) -> Ints:
    """``Corpus.kind`` of the paragraphs whose words' numbers these are (``paragraphs``: offsets), by fingerprints."""
    large = is_large(len(word), None)

    def work(first: int, end: int) -> Hashes:
        low, high = paragraphs[first], paragraphs[end]
        found = shingles.fingerprints(word[low:high].astype(np.uint64), paragraphs[first : end + 1] - low, large)
        release(word)
        return found

    return first_equal(np.concatenate(list(ordered(work, pieces(paragraphs, PIECE), workers))))


def characters(corpus: Corpus, tokens: Ints, places: Ints, compiled: bool | None = None) -> NDArray[np.uint32]:
    """Code points at places of the documents of tokens (in order); 0 where a document has no such place.

    ``compiled``: see ``when.is_large``.
    """
    result = np.zeros(len(tokens), np.uint32)
    document = corpus.paragraphs.document[corpus.paragraph_of_token[tokens]]
    edges = edges_of(document) if len(tokens) else np.zeros(1, np.int64)
    documents = document[edges[:-1]]
    if is_large(len(corpus.stream.word), compiled):
        _compiled_characters(corpus, documents, edges, places, result)
        return result
    for number, which in enumerate(documents.tolist()):
        text, part = corpus.text(which), slice(edges[number], edges[number + 1])
        found = (text[place : place + 1] if place >= 0 else "" for place in places[part].tolist())
        result[part] = [ord(char) if char else 0 for char in found]
    return result


def _compiled_characters(
    corpus: Corpus, documents: Ints, edges: Ints, places: Ints, result: NDArray[np.uint32]
) -> None:  # fmt: skip
    """``characters`` by the kernel; those of document i are edges[i]:edges[i + 1]."""
    from ..compiled import place as kernels

    texts = corpus.utf8()
    begin, end, plain = texts.begin[documents], texts.end[documents], texts.plain[documents]
    for first, last in pieces(offsets_of(end - begin), 20 * PIECE):
        some, part, rows = slice(first, last), slice(edges[first], edges[last]), edges[first : last + 1] - edges[first]
        kernels.characters(texts.data, (begin[some], end[some]), plain[some], rows, places[part], result[part])
        release(texts.data)
