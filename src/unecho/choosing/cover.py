"""How much of a paragraph one document that stays prints too: word by word, with what is missing."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel

from ..base.columns import Ints, Mask
from ..matching.corpus import Corpus
from ..matching.grow import GAP, Run
from ..text.normalize import CAPITAL, CASELESS, NUMBER, OPENING, QUOTED, SPACED, UNQUOTED
from ..text.shingles import SHORTEST
from . import facts, guards
from .alike import KEPT, Words
from .guards import Word
from .known import are_two, is_new_beside, is_odd, known

SMALL_EDIT = 3
"""Words between two shared runs, on either side, that make it an edit and not another sentence."""
BY_CHANCE = 2
"""Words in a row that two texts may well have in the same place."""
SHORT = 12
"""Words in a stretch that templates may well have again."""
BACK = 8
"""Runs back that one may go on from."""
AROUND = 1, 6
"""Words that must be missing around a quote for it to be said by somebody else, or otherwise; and of how many of the
words around it one must be."""
_BULLETS = ("- ", "* ", "• ", "– ", "· ")
_Facing = Mapping[int, int]
_Pairs = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Cover:
    """What a paragraph shares with a document. ``covered`` is a share of its words, 0 to 1; ``first``, ``last``
    and ``main`` are paragraphs of the document: the span that covers it, and the one that covers most."""

    covered: float
    missing_numbers: tuple[str, ...]
    missing_names: tuple[str, ...]
    said_otherwise: bool
    """What stands around the quotes of the paragraph is another thing: who said it, most of the time."""
    first: int
    last: int
    main: int


class Coverer:
    """Compares paragraphs of one corpus with documents of it."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        hashes, flags = corpus.stream.hashes(), corpus.stream.flags
        self._numbers = guards.numbers(hashes, flags)
        cases = guards.cases(corpus.stream.word, flags, len(corpus.stream.vocabulary))
        names = guards.names(corpus.stream.word, flags, cases)
        names |= np.repeat(guards.uncased(flags, corpus.stream.documents), np.diff(corpus.stream.documents))
        self._names = names & ~self._numbers
        self._known_names = self._names & (cases[corpus.stream.word] & guards.NAMED != 0)
        self._kinds = facts.kinds(hashes)
        self._tell: Mask = self._numbers | (flags & CASELESS != 0)
        self._words = Words()
        self._alike_places = lru_cache(maxsize=KEPT)(self._words.alike_places)

    def cover(self, paragraph: int, pieces: Sequence[Run], kept: Mask, spare: int) -> Cover | None:
        """The cover of a paragraph by pieces (place in it, place in the other document, equal tokens).

        ``kept``: which paragraphs of the corpus stay (bool); only those cover. The pieces lie in such
        paragraphs and are not empty; what stands apart is none (``in_line``). None where more than ``spare`` words are
        missing.
        """
        tokens = self._corpus.tokens(paragraph)
        pieces = in_line(sorted(pieces), SHORTEST * (2 if self._corpus.by_character[paragraph] else 1))
        gaps = _gaps(tokens, pieces)
        alike = self._alike(gaps, pieces, kept, spare) if gaps else []
        if alike is None:
            return None
        alike += self._misread(tokens, pieces, alike, kept)
        covered = _covered(tokens, _runs(pieces, alike))
        alike = [pair for pair in alike if covered[pair[0] - tokens.start]]
        facing = self._facing(tokens, covered, _runs(pieces, alike), kept)
        missing = (np.flatnonzero(~covered) + tokens.start).tolist()
        owner = self._corpus.paragraph_of_token
        weight: dict[int, int] = {}
        for _, place, length in _runs(pieces, alike):
            number = int(owner[place])
            weight[number] = weight.get(number, 0) + length
        main = max(sorted(weight), key=weight.__getitem__)
        numbers, names = self._missing(paragraph, missing, facing)
        numbers += self._put_in(pieces) + self._attached(tokens, pieces)
        numbers += self._exchanged(set(missing), tokens, pieces, kept)
        size = tokens.stop - tokens.start
        lost = np.array([place for place in missing if not self._kinds[place] & facts.SPOKE], np.int64)
        otherwise = said_otherwise(self._corpus.stream.flags[tokens], lost - tokens.start)
        return Cover((size - len(missing)) / size, numbers, names, otherwise, min(weight), max(weight), main)

    def _facing(self, tokens: slice, covered: Mask, runs: Sequence[Run], kept: Mask) -> _Facing:
        """For tokens that are missing the ones that stand in their place on the other side, and stay: where few are
        missing in a row, and as many stand there between what is before them and what is behind them. ``runs``: what is
        found."""
        owner, document = self._corpus.paragraph_of_token, self._corpus.paragraphs.document
        first, end = self._corpus.stream.documents[document[owner[runs[0][1]]] :][:2].tolist()
        before = {mine + length: theirs + length for mine, theirs, length in runs}
        behind = {mine: theirs for mine, theirs, _ in runs}
        found: dict[int, int] = {}
        for low, high in _stretches(~covered, tokens.start):
            start, stop = before.get(low, -1), behind.get(high, -1)
            start = stop - high + low if low == tokens.start else start
            stop = start + high - low if high == tokens.stop else stop
            if high - low <= SMALL_EDIT and stop - start == high - low and first <= start and stop <= end:
                found |= {low + n: start + n for n in range(high - low) if kept[owner[start + n]]}
        return found

    def _misread(self, tokens: slice, pieces: Sequence[Run], alike: _Pairs, kept: Mask) -> list[tuple[int, int]]:
        """(token, token of the other side) for the words that are missing, and are those in their place, misread."""
        runs, scanned = _runs(pieces, alike), self._is_scanned(alike)
        facing = self._facing(tokens, _found(tokens, runs), runs, kept)
        return [pair for pair in facing.items() if self._is_misread(*pair, scanned)]

    def _is_misread(self, mine: int, theirs: int, scanned: bool) -> bool:
        """Whether a word is the one in its place on the other side, misread: they differ in a letter, and a scanner
        misread others of the paragraph, or it is a name and a misprint."""
        word, other, words = self._made(mine), self._made(theirs), self._corpus.stream.word
        is_number = self._numbers[mine] and (self._numbers[theirs] or not word.is_spelled_with_digits)
        if is_number or self._say_another_thing(mine, theirs):
            return False
        if not self._names[mine]:
            return scanned and word.is_slip(other)
        if not word.is_misread(other):
            return False
        if not scanned:
            return self._is_misprint(mine, theirs)
        if word.is_short_beside(other):
            return is_odd(self._known, words[mine], words[theirs])
        return not self._are_two(mine, theirs)

    def _is_name(self, place: int, facing: _Facing) -> bool:
        """Whether a token is a name: also where a sentence begins with it and the other side has one in its place that
        is known inside sentences, as "Swift said" for "Souness said"."""
        if self._names[place] or self._numbers[place] or not self._corpus.stream.flags[place] & CAPITAL:
            return bool(self._names[place])
        return place in facing and bool(self._known_names[facing[place]])

    def _is_scanned(self, alike: _Pairs) -> bool:
        """Whether a word differs from the one it is like in letters, or digits, alone that scanners take for one
        another."""
        return any(self._made(mine).is_scanned(self._made(theirs)) for mine, theirs in alike)

    def _are_other_names(self, mine: int, theirs: int) -> bool:
        """Whether two tokens are alike, but written otherwise, and names that the corpus knows."""
        word, other = self._made(mine), self._made(theirs)
        return word.name and other.name and word.folded != other.folded and self._are_two(mine, theirs)

    def _without_lone_name(self, alike: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Without the one word that is written otherwise, however often it stands there, if it is a name: it is misread
        only where other words are, too, or in letters that scanners take for one another, or a misprint."""
        words = self._corpus.stream.word
        differ = {(mine, its) for mine, its in alike if self._made(mine).folded != self._made(its).folded}
        if len({(words[mine], words[its]) for mine, its in differ}) != 1:
            return alike
        mine, its = min(differ)
        word, other = self._made(mine), self._made(its)
        if not word.is_another_name(other) or self._is_misprint(mine, its):
            return alike
        return [pair for pair in alike if pair not in differ]

    def _is_misprint(self, mine: int, theirs: int) -> bool:
        """Whether a name that is like another one, which the corpus knows, is that one misprinted: it stands nowhere
        else, is not short, and not the same name with an ending. The copy that stays has it right then."""
        word, other, words = self._made(mine), self._made(theirs), self._corpus.stream.word
        if word.is_short_beside(other) or word.is_inflected(other):
            return False
        return is_new_beside(self._known, words[mine], words[theirs])

    def _are_two(self, mine: int, theirs: int) -> bool:
        words = self._corpus.stream.word
        return are_two(self._known, words[mine], words[theirs])

    @cached_property
    def _known(self) -> NDArray[np.int32]:
        return known(self._corpus)

    def _made(self, place: int) -> Word:
        owner, document = self._corpus.paragraph_of_token, self._corpus.paragraphs.document
        return self._words.made(self._word(self._corpus.text(int(document[owner[place]])), place))

    def equal_runs(self, paragraph: int, other: int) -> list[Run]:
        """Runs of equal tokens of two whole paragraphs (longest common subsequence)."""
        a, b = self._corpus.tokens(paragraph), self._corpus.tokens(other)
        words = self._corpus.stream.word
        steps = Indel.opcodes(words[a].tolist(), words[b].tolist())
        return [
            (a.start + step.src_start, b.start + step.dest_start, step.src_end - step.src_start)
            for step in steps
            if step.tag == "equal"
        ]

    def _alike(
        self, gaps: Sequence[tuple[int, int]], pieces: Sequence[Run], kept: Mask, spare: int
    ) -> list[tuple[int, int]] | None:
        """(token, token of the other side) for the words between the pieces that the other side has too, but for
        a letter or two. ``pieces``: in order. None where more than ``spare`` words are missing."""
        owner, document = self._corpus.paragraph_of_token, self._corpus.paragraphs.document
        text = self._corpus.text(int(document[owner[gaps[0][0]]]))
        other = int(document[owner[pieces[0][1]]])
        other_text = self._corpus.text(other)
        found: list[tuple[int, int]] = []
        for low, high in gaps:
            places = self._opposite(low, high, pieces, other, kept)
            mine, theirs = self._words_at(text, slice(low, high)), self._words_at(other_text, places)
            # What was found of a short stretch is kept; of a long one it is not all found where it is in vain.
            pairs = self._alike_places(mine, theirs, len(mine) if len(mine) <= SHORT else spare)
            spare -= len(mine) - len(pairs)
            if spare < 0:
                return None
            found += [(low + place, int(places[its])) for place, its, used in pairs if self._is_one(places, its, used)]
        return self._without_lone_name([pair for pair in found if not self._are_other_names(*pair)])

    def _is_one(self, places: Ints, its: int, used: int) -> bool:
        """Whether so many tokens from one of some places on stand in one paragraph: only so are they one word."""
        owner = self._corpus.paragraph_of_token
        return bool(owner[places[its]] == owner[places[its + used - 1]])

    def _opposite(self, low: int, high: int, pieces: Sequence[Run], other: int, kept: Mask) -> Ints:
        """Tokens of the other document that lie where an unmatched stretch would have to lie."""
        following = bisect_left(pieces, (low,))  # no piece reaches into the stretch
        before = pieces[following - 1] if following else None
        after = pieces[following] if following < len(pieces) else None
        reach = high - low + 3
        start = before[1] + before[2] if before else 0
        stop = after[1] if after else start + reach
        if not before:
            start = stop - reach
        elif not start <= stop <= start + reach + GAP:
            stop = start + reach
        first, end = self._corpus.stream.documents[other : other + 2].tolist()
        start, stop = max(start, first), max(min(stop, end), first)
        places: Ints = np.flatnonzero(kept[self._corpus.paragraph_of_token[start:stop]]) + start
        return places

    def _put_in(self, pieces: Sequence[Run]) -> tuple[str, ...]:
        """Numbers and negations that the other side has in the middle of what is shared: "did not resign"; and in
        scripts in which these cannot be told all that it has where nothing of the paragraph stands."""
        found: list[str] = []
        for (place, other, length), (next_place, next_other, _) in pairwise(pieces):
            mine = range(place + length, next_place)
            if len(mine) <= SMALL_EDIT and 0 < next_other - other - length <= SMALL_EDIT:
                theirs = range(other + length, next_other)
                tell = self._numbers if mine else self._tell
                if tell[theirs.start : theirs.stop].any():
                    found += self._news(mine, theirs, tell)
        return tuple(found)

    def _attached(self, tokens: slice, pieces: Sequence[Run]) -> tuple[str, ...]:
        """Numbers and signs that the other side has joined to a number that the paragraph begins or ends with: "5%" and
        "5.2" for "5"."""
        (place, begin, _), (last, its, length) = pieces[0], pieces[-1]
        borders = [begin] if place == tokens.start else []
        borders += [its + length] if last + length == tokens.stop else []
        flags, owner = self._corpus.stream.flags, self._corpus.paragraph_of_token
        inside = [at for at in borders if 0 < at < len(flags) and owner[at - 1] == owner[at]]
        joined = [at for at in inside if flags[at - 1] & flags[at] & NUMBER and not flags[at] & SPACED]
        found = [at - 1 if at == begin else at for at in joined]
        return self._words_at(self._text_of(begin), np.array(found, np.int64))

    def _exchanged(self, missing: set[int], tokens: slice, pieces: Sequence[Run], kept: Mask) -> tuple[str, ...]:
        """Words that are missing where the other side has another one that says something else: "fell" for "rose", or
        any for a word that stands alone."""
        owner = self._corpus.paragraph_of_token
        found: list[int] = []
        for mine, theirs in self._edits(tokens, pieces):
            its = [token for token in theirs if kept[owner[token]]]
            for token in mine:
                if token in missing and not self._numbers[token]:
                    alone = (
                        token == mine.start
                        and tokens.start < token < tokens.stop - 1
                        and self._stands_alone(token, tokens)
                    )
                    if any(alone or self._say_another_thing(token, other) for other in its):
                        found.append(token)
        return self._words_at(self._text_of(tokens.start), np.array(found)) if found else ()

    def _say_another_thing(self, mine: int, theirs: int) -> bool:
        kinds = int(self._kinds[mine]), int(self._kinds[theirs])
        return facts.are_opposites(*kinds) or self._made(mine).is_turned(self._made(theirs))

    def _edits(self, tokens: slice, pieces: Sequence[Run]) -> Iterator[tuple[range, range]]:
        """The tokens of a few, on either side, that stand in one another's place: between pieces, and as many before
        the first one and behind the last one."""
        owner, document = self._corpus.paragraph_of_token, self._corpus.paragraphs.document
        first, end = self._corpus.stream.documents[document[owner[pieces[0][1]]] :][:2].tolist()
        place, other, _ = pieces[0]
        ahead = place - tokens.start
        edits = [(range(tokens.start, place), range(max(other - ahead, first), other))]
        for (place, other, length), (next_place, next_other, _) in pairwise(pieces):
            edits.append((range(place + length, next_place), range(other + length, next_other)))
        place, other = (at + pieces[-1][2] for at in pieces[-1][:2])
        edits.append((range(place, tokens.stop), range(other, min(other + tokens.stop - place, end))))
        for mine, theirs in edits:
            if 0 < len(mine) <= SMALL_EDIT and 0 < len(theirs) <= SMALL_EDIT:
                yield mine, theirs

    def _stands_alone(self, token: int, tokens: slice) -> bool:
        """Whether a word, which is not the last one, stands between commas or other marks, behind another one that
        does, as an item of a list."""
        behind_another = token - 1 > tokens.start and self._is_marked_off(token - 1)
        marked = behind_another and self._is_marked_off(token) and self._is_marked_off(token + 1)
        return marked and not self._corpus.stream.flags[token] & OPENING

    def _is_marked_off(self, token: int) -> bool:
        """Whether more than a space stands before a token."""
        return int(self._corpus.start[token]) - int(self._corpus.end[token - 1]) > 1

    def _news(self, mine: range, theirs: range, tell: Mask) -> Iterator[str]:
        """Of the other side's tokens that ``tell`` those that no word of mine is like, nor run together with another
        one."""
        owner, document, words = self._corpus.paragraph_of_token, self._corpus.paragraphs.document, self._words
        other_text = self._corpus.text(int(document[owner[theirs[0]]]))
        have = [self._word(self._corpus.text(int(document[owner[token]])), token) for token in mine]
        their = [self._word(other_text, token) for token in theirs]
        for number, word in enumerate(their):
            if not tell[theirs[number]] or guards.misread(words.made(word)):
                continue
            if not any(words.alike(word, its) for its in have) and not words.run_together(number, their, have):
                yield word

    def _text_of(self, token: int) -> str:
        return self._corpus.text(int(self._corpus.paragraphs.document[self._corpus.paragraph_of_token[token]]))

    def _words_at(self, text: str, places: slice | Ints) -> tuple[str, ...]:
        spans = zip(self._corpus.start[places].tolist(), self._corpus.end[places].tolist(), strict=True)
        return tuple([text[start:end] for start, end in spans])

    def _word(self, text: str, place: int) -> str:
        return text[int(self._corpus.start[place]) : int(self._corpus.end[place])]

    def _missing(
        self, paragraph: int, missing: Sequence[int], facing: _Facing
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The numbers among the words that are missing, and the names."""
        if not missing:
            return (), ()
        text, places = self._corpus.text(int(self._corpus.paragraphs.document[paragraph])), np.array(missing)
        numbers, names = places[self._numbers[places]], [place for place in missing if self._is_name(place, facing)]
        return self._words_at(text, numbers), self._words_at(text, np.array(names, np.int64))


def is_listed(corpus: Corpus, paragraph: int) -> bool:
    """Whether a paragraph is an item of a list or a row of a table, which may well come twice in one document."""
    document, start, end = corpus.place(paragraph, paragraph)
    text = corpus.text(document)[start:end]
    return text.startswith(_BULLETS) or " | " in text


def in_line(pieces: Sequence[Run], least: int) -> list[Run]:
    """The pieces without those that stand apart from the others, on either side, and are too short with all that goes
    on from them: in fewer than ``least`` words a document has by chance what stands elsewhere in it. Those that are
    longest together stay. ``pieces``: in order."""
    line, words = list[int](), list[int]()
    for number, (place, other, length) in enumerate(pieces):
        before = range(number - 1, max(number - 1 - BACK, -1), -1)
        last = next((row for row in before if _goes_on(pieces[row], place, other)), None)
        line.append(len(words) if last is None else line[last])
        if last is None:
            words.append(0)
        words[line[-1]] += length
    enough = min(least, max(words))
    return [piece for piece, number in zip(pieces, line, strict=True) if words[number] >= enough]


def said_otherwise(flags: NDArray[np.uint8], missing: Ints) -> bool:
    """Whether many of the words around the quotes of a paragraph are missing. ``missing``: places of tokens."""
    opens = flags & QUOTED != 0
    marks = np.flatnonzero(opens | (flags & UNQUOTED != 0))
    if not len(marks):
        return False
    last = np.searchsorted(marks, np.arange(len(flags)), side="right") - 1
    around = np.where(last < 0, opens[marks[0]], ~opens[marks[last]])
    lost = int(around[missing].sum())
    return lost >= AROUND[0] and lost * AROUND[1] > int(around.sum())


def _goes_on(piece: Run, place: int, other: int) -> bool:
    """Whether what begins at these places goes on from a piece, but for a small edit."""
    return max(abs(place - piece[0] - piece[2]), abs(other - piece[1] - piece[2])) <= SMALL_EDIT


def _covered(tokens: slice, runs: Iterable[Run]) -> Mask:
    """Which of a paragraph's tokens count as found again: not the few words, "the" and the like, that a stretch of it
    longer than an edit has in common with what lies opposite, where that is another text."""
    found = _found(tokens, runs)
    rows = [(low, 0, high - low) for low, high in _stretches(found, tokens.start) if high - low > BY_CHANCE]
    for low, high in _gaps(tokens, rows):
        stretch = found[low - tokens.start : high - tokens.start]
        if high - low > SMALL_EDIT and 2 * int(stretch.sum()) < high - low:
            stretch[:] = False
    return found


def _found(tokens: slice, runs: Iterable[Run]) -> Mask:
    """Which of a paragraph's tokens are part of runs (bool)."""
    found = np.zeros(tokens.stop - tokens.start, np.bool_)
    for place, _, length in runs:
        found[place - tokens.start : place - tokens.start + length] = True
    return found


def _runs(pieces: Sequence[Run], alike: _Pairs) -> list[Run]:
    """All that is found again."""
    return [*pieces, *((mine, theirs, 1) for mine, theirs in alike)]


def _stretches(which: Mask, begin: int) -> list[list[int]]:
    """[low, high) of the tokens in a row of which it is so. ``begin``: the first token told of."""
    edges = np.flatnonzero(np.diff(which, prepend=False, append=False)).reshape(-1, 2) + begin
    found: list[list[int]] = edges.tolist()
    return found


def _gaps(tokens: slice, pieces: Sequence[Run]) -> list[tuple[int, int]]:
    """Stretches [low, high) of a paragraph's tokens that no piece covers. ``pieces``: in order."""
    found: list[tuple[int, int]] = []
    at = tokens.start
    for place, _, length in pieces:
        if place > at:
            found.append((at, place))
        at = max(at, place + length)
    if at < tokens.stop:
        found.append((at, tokens.stop))
    return found
