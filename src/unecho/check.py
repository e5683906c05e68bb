"""Proof that a run folder holds together: every text, every removal and its keeper, every count."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from . import __version__
from .base.engine import batches, ordered_map, workers_for
from .choosing import guards
from .choosing.cover import SMALL_EDIT
from .choosing.gone import REASONS
from .choosing.guards import Word
from .compiled.when import is_large
from .errors import RunError
from .model import DocumentRecord, Removal
from .output import manifest
from .output.restore import removals_by_document, restored
from .result import fingerprint
from .text.normalize import tokenize
from .text.spans import cut

_MOST = 100  # problems told
_LONG_WORD = guards.lengths()[1]


def check(run: Path, workers: int = 0) -> list[str]:
    """What is wrong with a run folder, in words; empty if nothing is.

    Every document is put together from the cleaned corpus and the removals and compared with its SHA-256;
    words are counted again; every copy that went is compared again with the copy that stays, which must be
    in the cleaned corpus. ``workers``: processes, 0 for one on each core.
    Raises UsageError when the folder is no run.
    """
    info = manifest.read_run(run)
    problems: list[str] = []
    with closing(_problems(run, info, workers_for(workers))) as found:
        for problem in found:
            problems.append(problem)
            if len(problems) >= _MOST:
                problems.append("and more")
                break
    return problems


def _problems(run: Path, info: dict[str, Any], workers: int) -> Generator[str, None, None]:
    try:
        removals = removals_by_document(run)
        records = {record.id: record for record in manifest.documents(run)}
        yield from _file_problems(run, records)
        yield from _count_problems(run, info, records, removals)
        yield from _fingerprint_problems(info, records)
        copies, homeless = _by_keeper(removals)
        for removal in homeless:
            yield f"removal {removal.id} names no copy that stays"
        settings = info["settings"]
        work = partial(
            _part_problems, threshold=settings["threshold"], ignore_numbers=settings["ignore_numbers"],
            compiled=is_large(sum(record.words for record in records.values()), None),
        )  # fmt: skip
        with closing(ordered_map(work, _parts(run, removals, copies), workers)) as found:
            for problems in found:
                yield from problems
        for name in sorted(copies):
            yield f"{name} keeps copies but was not read"
    except RunError as error:
        yield str(error)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        # A value of another kind than was written: nothing can be counted with it.
        yield f"a record holds what was never written there: {error}"


def _by_keeper(removals: dict[str, list[Removal]]) -> tuple[dict[str, list[Removal]], list[Removal]]:
    """The copies that went, by the document that keeps them; and what went without a copy that stays, but should have
    one."""
    copies: dict[str, list[Removal]] = {}
    homeless = []
    for removal in chain.from_iterable(removals.values()):
        if removal.keeper is not None:
            copies.setdefault(removal.keeper.document, []).append(removal)
        elif removal.reason != "boilerplate":
            homeless.append(removal)
    return copies, homeless


def _file_problems(run: Path, records: dict[str, DocumentRecord]) -> Iterator[str]:
    """Files in ``clean/`` that belong to no document, and the other way round."""
    expected = {str(record.output) for record in records.values() if record.status in ("kept", "trimmed")}
    clean = run / manifest.CLEAN
    found = {Path(folder, name).relative_to(clean).as_posix() for folder, _, names in os.walk(clean) for name in names}
    for name in sorted(found - expected):
        yield f"clean/{name} belongs to no document"
    for name in sorted(expected - found):
        yield f"clean/{name} is missing"


def _count_problems(
    run: Path, info: dict[str, Any], records: dict[str, DocumentRecord], removals: dict[str, list[Removal]]
) -> Iterator[str]:
    status = Counter(record.status for record in records.values())
    counts = {
        "documents": len(records),
        **{name: status[name] for name in ("kept", "trimmed", "dropped", "skipped")},
        "words": sum(record.words for record in records.values()),
        "removals": sum(map(len, removals.values())),
        "clusters": sum(1 for _ in manifest.clusters(run)),
        "passages": sum(1 for _ in manifest.passages(run)),
        "stories": sum(1 for _ in manifest.stories(run)),
    }
    for name, value in counts.items():
        if info["counts"].get(name) != value:
            yield f"run.json counts {info['counts'].get(name)} {name}, the files hold {value}"
    removed = {reason: sum(r.words_removed.get(reason, 0) for r in records.values()) for reason in REASONS}
    if removed != info["counts"].get("words_removed"):
        yield f"run.json counts {info['counts'].get('words_removed')} words removed, documents.jsonl {removed}"
    if info["counts"].get("words_kept") != counts["words"] - sum(removed.values()):
        yield "words read are not words kept and words removed"
    for name in sorted(removals.keys() - records.keys()):
        yield f"removals.jsonl names {name}, which documents.jsonl does not"


@dataclass(frozen=True, slots=True)
class _Checked:
    """A document with its text as read, which is known to be right, what went of it, and the copies that went elsewhere
    because this document keeps one."""

    record: DocumentRecord
    text: str
    gone: list[Removal]
    copies: list[Removal]


def _parts(run: Path, removals: dict[str, list[Removal]], copies: dict[str, list[Removal]]) -> Iterator[list[_Checked]]:
    """All documents that were read, some at a time. Those that are given out are taken from ``copies``."""
    found = (
        _Checked(record, text, removals.get(record.id, []), copies.pop(record.id, []))
        for record, text, _, _ in restored(run, removals)
    )
    return batches(found, lambda one: len(one.text))


def _fingerprint_problems(info: dict[str, Any], records: dict[str, DocumentRecord]) -> Iterator[str]:
    """Of runs of this version only: another one may have signed something else."""
    known = fingerprint(info["command"], info["settings"], records.values())
    if info["unecho"] == __version__ and info.get("fingerprint") != known:
        yield "run.json has another fingerprint than its settings and documents.jsonl give"


def _part_problems(part: Sequence[_Checked], threshold: float, ignore_numbers: bool, compiled: bool) -> list[str]:
    """What is wrong with some documents."""
    problems = [problem for one in part for problem in _place_problems(one)]
    pieces = [list(_pieces(one)) for one in part]
    words = iter(np.diff(tokenize(list(chain.from_iterable(pieces)), compiled).offsets).tolist())
    for one, its in zip(part, pieces, strict=True):
        problems += _word_problems(one, list(islice(words, len(its))))
    kept = [one for one in part if one.record.status in ("kept", "trimmed")]
    pairs = [(removal, *_compared(removal, one)) for one in kept for removal in one.copies]
    for (removal, _, _), (share, numbers) in zip(pairs, _shares([pair[1:] for pair in pairs], compiled), strict=True):
        if share + 1e-9 < (1 if removal.resemblance == 1 == removal.covered else threshold):
            problems.append(f"removal {removal.id}: only {share:.0%} of its words stay in {_keeper_of(removal)}")
        if numbers and not ignore_numbers:
            problems.append(f"removal {removal.id}: {', '.join(numbers)} is not in the copy that stays")
    return problems


def _place_problems(one: _Checked) -> Iterator[str]:
    """Removals that are not where they say; a copy that stays where nothing does."""
    record, text, at = one.record, one.text, 0
    for removal in one.gone:
        if removal.start < at or removal.end > len(text) or text[removal.start : removal.end] != removal.text:
            yield f"{record.id}: removal {removal.id} is not the text from {removal.start} to {removal.end}"
        at = removal.end
    if len(text) != record.chars:
        yield f"{record.id}: {len(text)} characters, not {record.chars}"
    if record.status not in ("kept", "trimmed"):
        for removal in one.copies:
            yield f"removal {removal.id}: its keeper {record.id} is {record.status}"


def _pieces(one: _Checked) -> Iterator[str]:
    """The text, what stays of it, and each span that went."""
    yield one.text
    yield cut(one.text, [(removal.start, removal.end) for removal in one.gone])
    for removal in one.gone:
        yield removal.text


def _word_problems(one: _Checked, words: list[int]) -> Iterator[str]:
    """``words``: how many each of ``_pieces`` holds."""
    record, (whole, kept, *gone) = one.record, words
    by_reason = Counter[str]()
    for removal, count in zip(one.gone, gone, strict=True):
        by_reason[removal.reason] += count
        if count != removal.words:
            yield f"{record.id}: removal {removal.id} holds {count} words, not {removal.words}"
    if whole != record.words or kept + sum(gone) != whole:
        yield f"{record.id}: {whole} words read, {kept} kept, {sum(gone)} removed, {record.words} recorded"
    if any(by_reason[reason] != record.words_removed.get(reason, 0) for reason in REASONS):
        yield f"{record.id}: words removed are {dict(by_reason)}, not {record.words_removed}"


def _keeper_of(removal: Removal) -> str:
    return removal.keeper.document if removal.keeper else ""


def _compared(removal: Removal, one: _Checked) -> tuple[str, str]:
    """What went, and what the document that keeps the copy still prints of it."""
    keeper = removal.keeper
    if keeper is None:
        return removal.text, ""
    inside = [
        (max(gone.start, keeper.start) - keeper.start, min(gone.end, keeper.end) - keeper.start)
        for gone in one.gone
        if gone.start < keeper.end and gone.end > keeper.start
    ]
    return removal.text, cut(one.text[keeper.start : keeper.end], inside)


def _shares(pairs: Sequence[tuple[str, str]], compiled: bool) -> Iterator[tuple[float, list[str]]]:
    """Of pairs (removed, kept): the share of the removed words that the kept text has, a letter or a space aside; and
    numbers that it has not."""
    texts = list(chain.from_iterable(pairs))
    tokens = tokenize(texts, compiled)
    places = zip(tokens.start.tolist(), tokens.end.tolist(), strict=True)
    counts = np.diff(tokens.offsets).tolist()
    words = [
        [text[start:end] for start, end in islice(places, count)] for text, count in zip(texts, counts, strict=True)
    ]
    for number in range(len(pairs)):
        first, middle, end = tokens.offsets[2 * number : 2 * number + 3].tolist()
        absent = np.flatnonzero(~np.isin(tokens.hash[first:middle], tokens.hash[middle:end])).tolist()
        if not absent:
            yield 1.0, []
            continue
        is_number = guards.numbers(tokens.hash[first:middle], tokens.flags[first:middle])
        lost = _lost(words[2 * number], words[2 * number + 1], absent)
        if lost:
            misread = _misread(words[2 * number], words[2 * number + 1], lost)
            misread -= {n for n in lost if is_number[n] and not _word(words[2 * number][n]).is_spelled_with_digits}
            lost = [place for place in lost if place not in misread]
        missing = [_word(words[2 * number][place]).folded for place in lost if is_number[place]]
        yield 1 - len(lost) / (middle - first), missing


def _lost(removed: list[str], kept: list[str], absent: list[int]) -> list[int]:
    """The places among those ``absent`` from the kept words of removed words that these have not in another spelling
    either, nor together with the word before or after.

    Slow and obvious: words are looked up one by one, whatever their order.
    """
    known = list(map(_word, kept))
    ways = {place: list(_ways(removed, place)) for place in absent}
    for words in (known, (one + other for one, other in pairwise(known))):
        alike = _Spellings(words)
        ways = {place: each for place, each in ways.items() if not any(map(alike.has, each))}
        if not ways:
            break
    return list(ways)


def _misread(removed: list[str], kept: list[str], lost: list[int]) -> set[int]:
    """The places among those ``lost`` of words that are a letter off from one of the kept words in their place: of
    names, and of any words where a scanner misread one."""
    mine, its = list(map(_word, removed)), list(map(_word, kept))
    by_shape = defaultdict[str, list[Word]](list)
    for word in its:
        by_shape[word.shape].append(word)
    scanned = any(word.is_like(one) and word.is_scanned(one) for word in mine for one in by_shape.get(word.shape, ()))
    return {
        place
        for place in lost
        if scanned or mine[place].name
        if any(one.is_slip(mine[place]) and _is_its_place(mine, place, its, at) for at, one in enumerate(its))
    }


def _is_its_place(mine: list[Word], place: int, its: list[Word], at: int) -> bool:
    """Whether one of the next few words before a word, or behind it, is the same as on the other side, or part of one
    that was run together there."""
    for step in range(1, SMALL_EDIT + 1):
        for one, other in ((place - step, at - step), (place + step, at + step)):
            if 0 <= one < len(mine) and 0 <= other < len(its) and _is_part(mine[one], its[other], behind=one > place):
                return True
    return False


def _is_part(word: Word, other: Word, *, behind: bool) -> bool:
    if word.is_like(other):
        return True
    short, long = sorted((word.letters, other.letters), key=len)
    return long.startswith(short) if behind else long.endswith(short)


def _ways(words: list[str], place: int) -> Iterator[Word]:
    """A word, and the word together with the one before it and the one after."""
    yield _word(words[place])
    for one, other in pairwise(words[max(place - 1, 0) : place + 2]):
        yield _word(one) + _word(other)


class _Spellings:
    """Words in which others are looked for that are spelled alike."""

    def __init__(self, words: Iterable[Word]) -> None:
        self._by_mark: dict[str, list[Word]] = {}
        for word in words:
            for mark in _marks(word):
                self._by_mark.setdefault(mark, []).append(word)

    def has(self, word: Word) -> bool:
        return any(word.is_like(one) for mark in _marks(word) for one in self._by_mark.get(mark, ()))


def _marks(word: Word) -> set[str]:
    """Words that are like one another have one of these in common (see ``Word.is_like``): those that differ in a letter
    or two are long, and begin alike."""
    first = word.shape[:1] if len(word.folded) >= _LONG_WORD else word.shape
    return {word.shape, first, word.digits or word.shape}


@lru_cache(1 << 16)
def _word(word: str) -> Word:
    return Word.of(word)
