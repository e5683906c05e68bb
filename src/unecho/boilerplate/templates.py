"""Lines that recur on the pages of a site: its template.

An article that a site prints on several pages repeats too. So the pages that print the same story are found
first and count once.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..columns import distinct
from . import features
from .rules import Line, Rules, normalise

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

MIN_STORIES = 8
"""Stories a site must have before anything can be said about its template."""
LONG_WORDS = 12
"""Words from which a line may be a sentence of an article."""
_SHORT_STORIES, _SHORT_SHARE = 5, 0.10
"""Stories, and share of the site's stories, from which a short line is template."""
_LONG_STORIES, _LONG_SHARE = 10, 0.30
_SAME_STORY = 0.5
"""Share of the shorter page's long lines, the rare ones counting more, that two pages of a story share."""


@dataclass(frozen=True, slots=True)
class _Lines:
    """The distinct lines of each site, and the documents that print them (once each)."""

    of_entry: Ints
    """For each paragraph: the number of its line."""
    site: Ints
    words: Ints
    content: Bools
    line: Ints
    """With ``document``: the pairs of a line and a document that prints it, sorted by line."""
    document: Ints


_LONGEST = 2000


def line_key(text: str) -> int:
    """A 64-bit key of a line, the same in every process; case, quotes, hyphens and white space do not count."""
    # What is longer than any template's line is told apart by its beginning and its length.
    known = text if len(text) <= _LONGEST else f"{text[:_LONGEST]} {len(text)}"
    line = normalise(known).encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(line, digest_size=8).digest(), "little")


def find(
    site: NDArray[np.int32],
    document: NDArray[np.int32],
    key: NDArray[np.uint64],
    words: NDArray[np.int32],
    content: Bools,
) -> Bools:
    """Which paragraphs are template of their site.

    The arrays have one entry for each paragraph of the corpus, in any order: the numbers of its site and its
    document, its ``line_key``, its words, and whether it was labelled content so far. A document belongs to
    one site. The result does not depend on the order of the documents.
    """
    if not len(key):
        return np.zeros(0, dtype=np.bool_)
    documents, number = np.unique(document, return_inverse=True)
    home = np.zeros(len(documents), dtype=np.int64)
    home[number] = site
    lines = _distinct(site, number.astype(np.int64), key, words, content)
    story = _stories(lines, home, key_of_line=_first(lines.of_entry, key))
    pairs = _distinct_pairs(lines.line, story[lines.document])
    counts = np.bincount(pairs, minlength=len(lines.site))
    sites, first = np.unique(home, return_inverse=True)
    of_site = np.bincount(first[distinct(story)], minlength=len(sites))
    stories = of_site[np.searchsorted(sites, lines.site)]
    long = lines.words >= LONG_WORDS
    needed = np.where(
        long,
        np.maximum(_LONG_STORIES, np.ceil(_LONG_SHARE * stories)),
        np.maximum(_SHORT_STORIES, np.ceil(_SHORT_SHARE * stories)),
    )
    template: Bools = (stories >= MIN_STORIES) & (counts >= needed)
    return template[lines.of_entry]


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
    """What a line of a template is: what the rules say, else by its length."""
    words = features.count_words(text)
    hit = known.match(Line(text, words, raw=True))
    return hit.category if hit else "navigation" if words < LONG_WORDS else "other"


def _distinct(
    site: NDArray[np.int32], document: Ints, key: NDArray[np.uint64], words: NDArray[np.int32], content: Bools
) -> _Lines:
    order = np.lexsort((document, key, site))
    sites, keys, documents = site[order], key[order], document[order]
    new_line = np.ones(len(order), dtype=np.bool_)
    new_line[1:] = (sites[1:] != sites[:-1]) | (keys[1:] != keys[:-1])
    new_pair = new_line.copy()
    new_pair[1:] |= documents[1:] != documents[:-1]
    line = np.cumsum(new_line) - 1
    starts = np.flatnonzero(new_line)
    of_entry = np.empty(len(order), dtype=np.int64)
    of_entry[order] = line
    return _Lines(
        of_entry=of_entry,
        site=sites[starts].astype(np.int64),
        words=np.maximum.reduceat(words[order], starts).astype(np.int64),
        content=np.logical_or.reduceat(content[order], starts),
        line=line[new_pair],
        document=documents[new_pair],
    )


def _first(of_entry: Ints, key: NDArray[np.uint64]) -> NDArray[np.uint64]:
    keys = np.zeros(int(of_entry.max()) + 1, dtype=np.uint64)
    keys[of_entry] = key
    return keys


def _stories(lines: _Lines, home: Ints, key_of_line: NDArray[np.uint64]) -> Ints:
    """For each document, the document that stands for its story.

    A document follows the one, of those that lead a line of its own, with which it shares most. Which
    document leads a line (the one with most text) is the same for all lines of a story, so that counting by
    leaders finds the copies without comparing pairs.
    """
    count = len(home)
    weight = _weights(lines, home)
    carried = weight[lines.line]
    total = np.bincount(lines.document, carried, count).astype(np.int64)
    rank = _ranks(lines, total, carried, key_of_line)
    shared = (carried > 0) & (np.bincount(lines.line, minlength=len(lines.site))[lines.line] > 1)
    parent = np.arange(count)
    if shared.any():
        line, document, carried = lines.line[shared], lines.document[shared], carried[shared]
        starts = np.flatnonzero(np.r_[True, line[1:] != line[:-1]])
        leader_rank = np.repeat(np.minimum.reduceat(rank[document], starts), np.diff(np.r_[starts, len(line)]))
        leader = np.empty(count, dtype=np.int64)
        leader[rank] = np.arange(count)
        parent = _follow(document, leader[leader_rank], carried, total, rank)
    while True:
        above = parent[parent]
        if np.array_equal(above, parent):
            return parent
        parent = above


def _weights(lines: _Lines, home: Ints) -> Ints:
    """Words of the long lines of articles; lines that most pages print count for less, those of all for nothing.

    Whole numbers add up the same in any order.
    """
    pages = np.bincount(home, minlength=int(lines.site.max()) + 1)[lines.site]
    printed = np.bincount(lines.line, minlength=len(lines.site))
    rare = np.rint(64 * np.clip(np.log(pages / printed) / -np.log(_LONG_SHARE), 0, 1))
    long = lines.content & (lines.words >= LONG_WORDS)
    return np.where(long, lines.words * rare, 0).astype(np.int64)


def _ranks(lines: _Lines, total: Ints, carried: Ints, key_of_line: NDArray[np.uint64]) -> Ints:
    """Documents by weight, then by the smallest key among their weighty lines: never by their numbers."""
    smallest = np.full(len(total), np.iinfo(np.uint64).max, dtype=np.uint64)
    heavy = carried > 0
    np.minimum.at(smallest, lines.document[heavy], key_of_line[lines.line[heavy]])
    rank = np.empty(len(total), dtype=np.int64)
    rank[np.lexsort((smallest, -total))] = np.arange(len(total))
    return rank


def _follow(document: Ints, leader: Ints, carried: Ints, total: Ints, rank: Ints) -> Ints:
    """For each document the leader with which it shares enough, and most; else itself."""
    count = len(total)
    pairs, pair = np.unique(document * count + leader, return_inverse=True)
    shared = np.bincount(pair, carried).astype(np.int64)
    follower, ahead = pairs // count, pairs % count
    enough = (follower != ahead) & (shared >= _SAME_STORY * np.minimum(total[follower], total[ahead]))
    follower, ahead, shared = follower[enough], ahead[enough], shared[enough]
    parent = np.arange(count)
    # The last assignment to a follower stands: its best leader.
    order = np.lexsort((-rank[ahead], shared))
    parent[follower[order]] = ahead[order]
    return parent


def _distinct_pairs(line: Ints, story: Ints) -> Ints:
    """The lines of the distinct pairs of a line and a story."""
    count = int(story.max()) + 1
    return distinct(line * count + story) // count
