"""Lines that recur on the pages of a site: its template.

An article that a site prints on several pages repeats too. So the pages that print the same story are found
first and count once.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..base.columns import PIECE, Hashes, distinct
from ..text.paragraphs import Spans
from . import features
from .retold import LONG_SHARE, LONG_WORDS, Lines, Part, stories
from .rules import Line, Rules, normalise

Bools = NDArray[np.bool_]

MIN_STORIES = 8
"""Stories a site must have before anything can be said about its template."""
_SHORT_STORIES, _SHORT_SHARE = 5, 0.10
"""Stories, and share of the site's stories, from which a short line is template."""
_LONG_STORIES = 10


_PIECE = PIECE // 4
"""Paragraphs whose lines are counted at a time."""
_LONGEST = 2000
_KEY = 8
"""Bytes of a key."""


def line_key(text: str) -> int:
    """A 64-bit key of a line, the same in every process; case, quotes, hyphens and white space do not count."""
    # What is longer than any template's line is told apart by its beginning and its length.
    known = text if len(text) <= _LONGEST else f"{text[:_LONGEST]} {len(text)}"
    line = normalise(known).encode("utf-8", "replace")
    return int.from_bytes(blake2b(line, digest_size=_KEY).digest(), "little")


def line_keys(texts: Sequence[str], spans: Sequence[Spans], compiled: bool) -> Hashes:
    """``line_key`` of the lines of texts (uint64). ``spans``: where those of each lie. ``compiled``: whether the
    compiled kernels write the lines as they are compared."""
    lines = (text[start:end] for text, some in zip(texts, spans, strict=True) for start, end in some)
    return _compiled_keys(texts, spans) if compiled else np.array(list(map(line_key, lines)), np.uint64)


def _compiled_keys(texts: Sequence[str], spans: Sequence[Spans]) -> Hashes:
    from ..compiled import scan as kernels
    from . import scan

    points, bounds = scan.joined(texts, spans)
    out = np.empty(3 * scan.most_of_one() * int((bounds[:, 1] - bounds[:, 0]).sum()), np.uint8)
    offsets, odd = np.empty(len(bounds) + 1, np.int64), np.empty(len(bounds), np.bool_)
    kernels.write(points, bounds, scan.letters(), _LONGEST, out, offsets, odd)
    lines = out.data
    digests = [blake2b(lines[start:end], digest_size=_KEY).digest() for start, end in pairwise(offsets.tolist())]
    keys = np.frombuffer(b"".join(digests), "<u8").astype(np.uint64)
    for row in np.flatnonzero(odd).tolist():
        start, end = bounds[row].tolist()
        keys[row] = line_key(points[start:end].tobytes().decode("utf-32-le", "surrogatepass"))
    return keys


def find(
    site: NDArray[np.int32],
    document: NDArray[np.int32],
    key: NDArray[np.uint64],
    words: NDArray[np.int32],
    content: Bools,
    piece: int = _PIECE,
    workers: int = 1,
) -> Bools:
    """Which paragraphs are template of their site.

    The arrays have one entry for each paragraph of the corpus, in any order: the numbers of its site and its
    document, its ``line_key``, its words, and whether it was labelled content so far. A document belongs to
    one site. The result does not depend on the order of the documents. Lines are counted about ``piece`` paragraphs
    at a time: besides the result, and what is known of each document, no more is held in memory. ``workers``: threads.
    """
    result = np.zeros(len(key), dtype=np.bool_)
    if not len(key):
        return result
    lines = Lines(site, document, key, words, content, piece, workers)
    story = stories(lines)
    count = len(lines.home)
    of_site = np.bincount(lines.home[distinct(story[lines.present])], minlength=len(lines.pages))

    def tell(part: Part) -> None:
        told = np.bincount(distinct(part.line * count + story[part.document]) // count, minlength=len(part.site))
        possible = of_site[part.site]
        needed = np.where(
            part.words >= LONG_WORDS,
            np.maximum(_LONG_STORIES, np.ceil(LONG_SHARE * possible)),
            np.maximum(_SHORT_STORIES, np.ceil(_SHORT_SHARE * possible)),
        )
        result[part.rows] = ((possible >= MIN_STORIES) & (told >= needed))[part.of_row]

    for _ in lines.each(tell):
        pass
    return result


_FEW = 3
"""Lines of its site's template from which a document is known to be the dump of a page."""


def spared(
    document: NDArray[np.int32], words: NDArray[np.int32], template: Bools, content: Bools, doubt: Bools
) -> Bools:
    """Which of the paragraphs in ``doubt`` are the article's after all.

    The arrays have one entry for each paragraph of the corpus, in order. ``doubt``: taken for boilerplate for
    nothing but its place on the page. Where the site's template is known, what stands next to the article with
    nothing of the template between belongs to it (the fixtures and score lines under a report), unless it is
    longer than the article itself.
    """
    if not len(document):
        return np.zeros(0, dtype=np.bool_)
    known = np.bincount(document, template) >= _FEW
    open_ = (content & ~template) | doubt
    fresh = np.ones(len(document), dtype=np.bool_)
    fresh[1:] = (document[1:] != document[:-1]) | ~open_[1:] | ~open_[:-1]
    run = np.cumsum(fresh) - 1
    own = np.bincount(run, np.where(content & ~template, words, 0))
    added = np.bincount(run, np.where(doubt, words, 0))
    result: Bools = doubt & known[document] & ((own > 0) & (added <= own))[run]
    return result


def category_of(text: str, known: Rules) -> str:
    """What a line of a template is: what the rules say, else what it is about, else by its length."""
    words = features.count_words(text)
    hit = known.match(Line(text, words, raw=True))
    by_length = "navigation" if words < LONG_WORDS else "other"
    return hit.category if hit else known.topic(text) or by_length
