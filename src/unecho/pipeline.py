"""The order of the stages, here and nowhere else:

read -> decode -> markup -> paragraphs -> labels -> site templates -> tokens -> shingles -> signatures ->
seeds -> passages -> candidates -> verify -> choose -> clusters, stories -> removals -> documents
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np

from . import reading, sources
from .base.columns import (  # fmt: skip
    Ints,
    beside,
    offsets_of,
    ranges,
    release,
    trim,
)
from .base.engine import Workers, quick_turns, uncollected, workers_for
from .base.spool import Spool
from .boilerplate import rules, score, templates
from .choosing import choose, findings
from .choosing.cuts import Cut, cut_passages
from .choosing.gone import Gone
from .choosing.order import Order, keeping_order
from .choosing.stars import Stars
from .choosing.surely import surely
from .choosing.verdicts import Verdicts, verdicts_of
from .compiled.when import are_ready, is_large
from .config import Config, Limits, Settings
from .decisions import log as decisions
from .errors import RunError
from .explaining import grounds
from .matching import lsh, passages, seeds, similar, stories
from .matching.corpus import Corpus, Paragraphs, kinds
from .matching.places import Places, Steps, unpacked
from .matching.quotes import Parts
from .matching.seeds import Stream
from .matching.table import Table
from .model import Block, Cluster, Grounds, Passage, Story
from .output.outcomes import Originals, outcomes
from .reading import Pairs, Progress, Taken
from .report import gather
from .result import Result
from .text import shingles
from .text.normalize import CHARACTERS, UNSPACED

Command = Literal["dedupe", "clean"]
T = TypeVar("T")

BYTES_A_WORD = 30
"""Memory that a run takes, by its peak on 90 million words (16 bytes a word, columns mapped from disk included) with
something to spare. Text that repeats itself over and over, as versions of one manual do, takes more."""
BYTES_OF_A_WORD, BYTES_A_PASSAGE = 10, 2500
"""Memory where the passages are known: by the peaks on 18 million words with 220,000 passages (news) and 3 million
with 480,000 (versions of a manual), with something to spare."""

TOGETHER = 200_000_000
"""Words up to which two things are done at a time where there are several workers: of more, both take much memory."""

WORDS_A_PASSAGE = 30
"""Words for each passage from which passages are so few that they are made ready while the choosing takes memory too.
"""


class _Clock:
    """Times the stages and tells of their progress."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        self.progress(name, 0, None)
        begin = time.perf_counter()
        yield
        trim()
        self.seconds[name] = round(self.seconds.get(name, 0) + time.perf_counter() - begin, 4)


def silent(stage: str, done: int, total: int | None) -> None:
    """No progress is shown."""


def run(
    command: Command, inputs: Sequence[Path] | Pairs, config: Config, progress: Progress = silent,
    workers: Workers | None = None,
) -> Result:  # fmt: skip
    """Do the whole job and return what was found; nothing is written.

    ``inputs``: files and folders, or (id, text) pairs. ``workers``: those of who goes on to write it. Raises UsageError
    and RunError.
    """
    clock = _Clock(progress)
    spool = Spool()
    own = Workers(workers_for(config.limits.workers)) if workers is None else nullcontext(workers)
    try:
        with uncollected(), own as used:
            return _run(command, inputs, config, clock, spool, used, workers is not None)
    except BaseException:
        spool.close()
        raise


def _run(
    command: Command, inputs: Sequence[Path] | Pairs, config: Config, clock: _Clock, spool: Spool, workers: Workers,
    writes: bool,
) -> Result:  # fmt: skip
    settings = config.settings
    log = decisions.given(settings.decisions)
    with clock.stage(reading.STAGE):
        known = rules.load(settings.rules)
        found, items = reading.items_of(inputs, settings)
    size = _bytes(found, inputs)
    compiled = is_large(size // CHARACTERS, None)
    workers.start(reading.load, size)
    if compiled:
        _load_kernels(workers.count, clock)
    work = partial(reading.prepare, settings=settings, known=known, compiled=compiled)
    with clock.stage(reading.STAGE):
        taken, paragraphs = reading.read(found, items, inputs, work, clock.progress, spool, compiled, workers)
    with clock.stage("site templates"):
        paragraphs = _without_templates(taken, paragraphs, known, workers.count)
        repeats, telling = paragraphs.first_copies(), grounds.first_rows(paragraphs)
    matched = _Matched.nothing()

    def start_writing() -> None:
        if writes:
            workers.start(gather.load, spool.total)

    if command == "dedupe":
        _refuse_too_much(config.limits, len(paragraphs.tokens.word))
        rows = np.flatnonzero(paragraphs.content)
        corpus, order = _corpus(taken, paragraphs, rows, config)
        paragraphs = paragraphs.without_tokens()  # the corpus has those that are compared
        with quick_turns():
            matched = _match(corpus, order, rows, config, clock, start_writing)
    with clock.stage("removals"):
        paragraphs = paragraphs.without_tokens()
        result = _result(command, taken, paragraphs, repeats, matched, config, clock)
        result = replace(result, grounds=partial(_grounds, telling, paragraphs, taken, settings, known))
        return result.with_decisions(log) if log.steps else result


# ---- reading and cleaning ---------------------------------------------------------------------------


def _load_kernels(workers: int, clock: _Clock) -> None:
    from .compiled import ready

    if not are_ready():
        with clock.stage("compiling (once)"):
            ready.warm(workers)
        are_ready.cache_clear()


def _bytes(found: sources.Found, inputs: Sequence[Path] | Pairs) -> int:
    """How much there is to read: bytes of files, characters of (id, text) pairs."""
    total = sum(len(item[1]) for item in inputs if isinstance(item, tuple))
    for source in found.sources:
        with suppress(OSError):  # it will be told of when it is read
            total += source.path.stat().st_size
    return total


def _without_templates(taken: Taken, paragraphs: Table, known: rules.Rules, workers: int) -> Table:
    """The table with the lines that recur all over their site labelled as boilerplate. ``workers``: threads."""
    if not any(mode is not None for mode in taken.modes):
        return paragraphs
    sites = {name: number for number, name in enumerate(sorted({d.site for d in taken.documents}))}
    site = np.array([sites[document.site] for document in taken.documents], np.int32)
    document, words = paragraphs.document.astype(np.int32), paragraphs.words
    found = templates.find(site[document], document, paragraphs.key, words, paragraphs.content, workers=workers)
    by_place = np.array([rule in score.BY_PLACE for rule in paragraphs.rules], np.bool_)[paragraphs.rule]
    plain = np.array([document.format != "html" for document in taken.documents], np.bool_)  # no markup to go by
    doubt = by_place & ~paragraphs.content & ~found & plain[document]
    spared = templates.spared(document, words, found, paragraphs.content, doubt)
    paragraphs = paragraphs.relabelled(spared, None, 0.6, "template.next-to-article")
    rows = np.flatnonzero(found & paragraphs.content)
    _, first, kind = np.unique(paragraphs.key[rows], return_index=True, return_inverse=True)
    texts = (taken.text(document[row])[paragraphs.start[row] : paragraphs.end[row]] for row in rows[first])
    categories = np.array([templates.category_of(text, known) for text in texts], object)
    for category in sorted(set(categories)):
        which = np.zeros(len(found), np.bool_)
        which[rows[categories[kind] == category]] = True
        paragraphs = paragraphs.relabelled(which, category, 0.9, "template.site")
    return paragraphs


# ---- matching ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Matched:
    """What the matching found; ``rows`` are the table's rows of the corpus' paragraphs."""

    corpus: Corpus | None
    rows: Ints
    order: Order | None
    bands: lsh.Bands | None
    verdicts: Verdicts = field(default_factory=lambda: verdicts_of([]))
    passages: Sequence[Passage] = field(default_factory=list)
    cuts: list[Cut] = field(default_factory=list)
    coverage: stories.Coverage | None = None
    groups: Sequence[Sequence[int]] = ()
    """Documents of one story each."""

    @classmethod
    def nothing(cls) -> _Matched:
        return cls(None, np.zeros(0, np.int64), None, None)


def _match(
    corpus: Corpus, order: Order, rows: Ints, config: Config, clock: _Clock, meanwhile: Callable[[], None]
) -> _Matched:
    """``meanwhile``: begins what goes on by itself where one core alone would be at work."""
    settings, workers = config.settings, workers_for(config.limits.workers)
    bands = lsh.plan(settings.similar)
    words = len(corpus.stream.word)
    together = workers > 1 and is_large(words, None) and words <= TOGETHER
    with clock.stage("signatures"):
        signed = similar.sign(corpus, bands, workers)
    alignments = passages.alignments_of([])
    release(corpus.stream.word, corpus.stream.flags)
    with clock.stage("passages"):
        chosen = seeds.pick(corpus.stream, workers)
        if settings.passages:
            alignments = passages.find(corpus.stream, chosen, workers)
    release(corpus.stream.word)
    _refuse_too_much(config.limits, len(corpus.stream.word), len(alignments))
    with clock.stage("choosing"):
        compiled = is_large(len(corpus.stream.word), None)
        ready = _meanwhile(lambda: choose.prepare(corpus, alignments) if compiled else None, together)
        coverage = stories.coverage(alignments, corpus.stream, chosen)
        near = similar.pairs(corpus, signed, settings.similar, workers)
        del chosen, signed
        trim()  # the choosing takes the most memory
        sets = shingles.ShingleSource(corpus.stream.hashes, corpus.stream.paragraphs, corpus.by_character)
        related = coverage.pairs_with_much(len(corpus.ids)) if settings.passages else None
        groups = stories.groups(coverage)
        story = stories.numbers(groups, len(corpus.ids))
        meanwhile()
        prepared = ready()
        release(*alignments.runs)
        few = words >= WORDS_A_PASSAGE * len(alignments)
        apart = _meanwhile(partial(_passages, corpus, alignments, coverage), together and few)
        if prepared is None:
            verdicts = choose.choose(corpus, sets, near, alignments, story, related, settings)
        else:
            threads = workers if together else 1
            verdicts = choose.by_kernels(corpus, prepared, near, story, related, settings, threads)
        del ready, prepared
        trim()
        if settings.safe and settings.passages:
            verdicts = surely(corpus, verdicts, coverage, settings.within_document == "exact")
        corpus.release()
        parts, found = apart()
        cuts = _cuts(corpus, verdicts, parts) if settings.cut_passages else []
        corpus.release()
    return _Matched(corpus, rows, order, bands, verdicts, found, cuts, coverage, groups)


def _meanwhile(work: Callable[[], T], together: bool) -> Callable[[], T]:
    """Work that is done beside other, or, as what it gives takes memory, not before it is asked for."""
    return beside(work, True) if together else work


def _passages(
    corpus: Corpus, found: passages.Alignments, coverage: stories.Coverage
) -> tuple[Parts, Sequence[Passage]]:
    """What documents share, quotes apart from copies, and as records: nothing of it hangs on which copies stay."""
    parts = findings.quotes_apart(corpus, found, coverage)
    return parts, findings.Passages(corpus, parts)


def _cuts(corpus: Corpus, verdicts: Verdicts, parts: Parts) -> list[Cut]:
    kept = np.ones(len(corpus.paragraphs), np.bool_)
    keepers = np.zeros(len(corpus.paragraphs), np.bool_)
    gone = verdicts.place[verdicts.removed]
    kept[gone[:, 0]] = False
    keepers[ranges(gone[:, 2], gone[:, 3] - gone[:, 2] + 1)] = True
    return cut_passages(corpus, parts.alignments(parts.in_order(np.flatnonzero(parts.quote))), kept, keepers)


def _corpus(taken: Taken, paragraphs: Table, rows: Ints, config: Config) -> tuple[Corpus, Order]:
    """The content paragraphs of the table, and the order in which documents keep their copies."""
    settings, workers = config.settings, workers_for(config.limits.workers)
    document = paragraphs.document[rows]
    sizes = paragraphs.words[rows]
    word, flags = paragraphs.drained(rows, workers)
    offsets = offsets_of(sizes)
    words = np.bincount(document, sizes, len(taken.documents)).astype(np.int64)
    documents = offsets_of(words)
    order = keeping_order(
        [d.id for d in taken.documents], [d.date for d in taken.documents], words.tolist(), settings.keep
    )
    unspaced, vocabulary = shingles.flagged(flags, documents, UNSPACED), paragraphs.tokens.vocabulary
    stream = Stream(word, vocabulary, offsets, documents, unspaced, order.rank, flags)
    by_character = shingles.unspaced(flags, offsets)
    long = shingles.long_enough(shingles.word_counts(flags, offsets), by_character)
    release(flags)
    places = _places(paragraphs.tokens.steps, paragraphs.first[rows] - offsets[:-1], offsets)
    return Corpus(
        tuple(d.id for d in taken.documents), Paragraphs(document, *_spans_of(paragraphs, rows)), stream,
        places, by_character, long, kinds(word, offsets, workers), taken.text, taken.utf8,
    ), order  # fmt: skip


def _spans_of(paragraphs: Table, rows: Ints) -> tuple[Ints, Ints]:
    return paragraphs.start[rows].astype(np.int64), paragraphs.end[rows].astype(np.int64)


def _places(steps: Steps, shift: Ints, offsets: Ints) -> Places:
    if is_large(int(offsets[-1]), None):
        return Places.worked_out(steps, shift, offsets)
    which = ranges(offsets[:-1] + shift, np.diff(offsets))
    start, end = unpacked(steps)
    return Places.written(start[which], end[which], offsets)


def _refuse_too_much(limits: Limits, words: int, shared: int = 0) -> None:
    """Raise RunError where the matching needs more memory than it may take.

    ``shared``: how many passages documents share, once that is known: text that repeats itself has more than its
    words let expect.
    """
    needed = max(words * BYTES_A_WORD, words * BYTES_OF_A_WORD + shared * BYTES_A_PASSAGE) / 1e6 + 200
    if limits.memory_mb and needed > limits.memory_mb:
        what = f"{words:,} words" + (f" that share {shared:,} passages" if shared else "")
        raise RunError(
            f"matching {what} needs about {needed:,.0f} MB, more than --memory {limits.memory_mb}",
            f"give --memory {int(needed * 1.1)}, or split the input by site or year",
        )


# ---- findings ---------------------------------------------------------------------------------------


def _result(
    command: Command, taken: Taken, paragraphs: Table, repeats: tuple[Ints, Ints], matched: _Matched,
    config: Config, clock: _Clock,
) -> Result:  # fmt: skip
    settings, workers = config.settings, workers_for(config.limits.workers)
    ids = [document.id for document in taken.documents]
    clusters: Sequence[Cluster] = []
    number, columns = np.zeros(0, np.int64), None
    found_stories: Sequence[Story] = []
    corpus, order, coverage = matched.corpus, matched.order, matched.coverage
    if corpus is not None and order is not None and coverage is not None:
        clusters = stars = Stars(corpus, matched.verdicts, order)
        number, columns = stars.number, corpus.paragraphs
        found_stories = findings.Stories(coverage, matched.groups, order, ids)
    keepers = findings.keepers(paragraphs, columns, matched.rows, matched.verdicts, number, repeats)
    gone = Gone(paragraphs, keepers, matched.cuts, ids, taken.text)
    originals = Originals(taken.chars, taken.sha256, taken.text, taken.frame)
    records = outcomes(taken.documents, taken.modes, originals, paragraphs, gone, taken.skipped, settings)
    return Result(
        command, settings, records, gone.removals, clusters, matched.passages,
        found_stories, taken.inputs, taken.found.ignored, len(paragraphs.start), matched.bands, clock.seconds,
        taken.spool, dict(zip(ids, taken.numbers, strict=True)), workers,
    )  # fmt: skip


def _grounds(rows: Ints, paragraphs: Table, taken: Taken, settings: Settings, known: rules.Rules) -> list[Grounds]:
    """What the trained model saw of the lines of these rows."""
    files = {source.name: source for source in taken.found.sources}

    def blocks_of(numbers: Sequence[int]) -> Mapping[int, Sequence[Block]]:
        return grounds.blocks_of(numbers, taken.documents, taken.text, files, settings)

    return list(grounds.of_rows(rows, paragraphs, taken.documents, taken.modes, taken.text, blocks_of, known))
