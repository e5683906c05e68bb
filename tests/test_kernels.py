"""The compiled kernels and their plain twins agree bit for bit; small inputs never load a compiler."""

from __future__ import annotations

import ast
import inspect
import os
import pickle
import random
import signal
import subprocess
import sys
from contextlib import suppress
from itertools import chain, pairwise
from pathlib import Path

import datasketch
import numpy as np
import pytest
from builders import stream_of
from conftest import Writer
from hypothesis import given, settings
from hypothesis import strategies as st
from numba.core.caching import FunctionCache
from numba.core.dispatcher import Dispatcher
from twins import kernel_of

from unecho import dedupe, pipeline
from unecho.base.columns import Sums, offsets_of, spread
from unecho.compiled import jit, ready, when
from unecho.compiled import passage as passage_kernels
from unecho.compiled import run as run_kernels
from unecho.compiled import shingle as kernels
from unecho.compiled.spell import hash_of
from unecho.compiled.values import DIGITS, sort_from
from unecho.config import Config
from unecho.matching import lsh, passages, seeds, verify
from unecho.matching.signature import PERMUTATIONS, permutations, signatures
from unecho.result import Result
from unecho.text import lookup, shingles
from unecho.text.normalize import Tokens, tokenize
from unecho.text.shingles import ShingleSets, fingerprints, shingle_lists, shingle_sets, unspaced, word_counts

MIXED = st.text(
    st.one_of(st.characters(), st.sampled_from("aZ09 .$%\n\u00ad\u200bé東كـﬁ\U0001f600\udc80")), max_size=60
)
WORDS = st.lists(st.sampled_from(["a", "b", "c", "dd", "東", "京", "の"]), max_size=40).map(" ".join)
TEXTS = st.lists(WORDS, max_size=8)
WORKERS = st.sampled_from([1, 3])


def versions() -> dict[tuple[str, str], int]:
    """For how many kinds of arguments each kernel is compiled, or loaded, in this process."""
    found = {(name, each): value for name, module in ready.MODULES.items() for each, value in vars(module).items()}
    return {name: len(each.signatures) for name, each in found.items() if isinstance(each, Dispatcher)}


@pytest.fixture(scope="module", autouse=True)
def compiled() -> dict[tuple[str, str], int]:
    """Compiled beforehand, so that no test is timed with it."""
    ready.warm(2)
    return versions()


def same_tokens(one: Tokens, two: Tokens) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(two, name)) for name in Tokens.__dataclass_fields__)


def sets_of(texts: list[str], compiled: bool = False, workers: int = 1) -> ShingleSets:
    tokens = tokenize(texts)
    return shingle_sets(tokens.hash, tokens.offsets, unspaced(tokens.flags, tokens.offsets), workers, compiled=compiled)


@given(st.lists(MIXED | st.text(st.sampled_from('ab .,"“”\u00ad\n東-−5')), max_size=6))
def test_tokens(texts: list[str]) -> None:
    assert same_tokens(tokenize(texts, compiled=True), tokenize(texts, compiled=False))


ASCII = st.text(
    st.one_of(st.characters(max_codepoint=127), st.sampled_from('aZ09 .\'",$%é“')), min_size=50, max_size=300
) | st.lists(
    st.sampled_from(["a", "Word", "9", "$5", '"so', 'it."', "a" * 20, "b" * 70, "-" * 70, " " * 70, "naïve", "é", "“",
                     "-5", "(−5", "–$5", "-٣", "-"])
).map(" ".join)  # fmt: skip


@given(st.lists(ASCII, max_size=4))
def test_tokens_of_blocks(texts: list[str]) -> None:
    assert same_tokens(tokenize(texts, compiled=True), tokenize(texts, compiled=False))


def test_tokens_of_every_character() -> None:
    # Alone, inside a word, twice, and at the end of a text.
    for plane in range(0, 0x110000, 0x8000):
        chars = [chr(point) for point in range(plane, plane + 0x8000, 1 if plane < 0x20000 else 61)]
        texts = ["".join(f"x{char}y {char}{char}" for char in chars), *chars]
        assert same_tokens(tokenize(texts, compiled=True), tokenize(texts, compiled=False))


@given(TEXTS, WORKERS)
def test_shingle_sets(texts: list[str], workers: int) -> None:
    one, two = sets_of(texts), sets_of(texts, compiled=True, workers=workers)
    assert one.hash.tolist() == two.hash.tolist()
    assert one.offsets.tolist() == two.offsets.tolist()


@given(TEXTS, WORKERS)
def test_shingle_lists(texts: list[str], workers: int) -> None:
    tokens = tokenize(texts)
    by_character = unspaced(tokens.flags, tokens.offsets)
    one = shingle_lists(tokens.hash, tokens.offsets, by_character, compiled=False)
    two = shingle_lists(tokens.hash, tokens.offsets, by_character, workers, compiled=True)
    assert one.hash.tolist() == two.hash.tolist()
    assert one.offsets.tolist() == two.offsets.tolist()


sort_by_bits = kernel_of(sort_from)


@settings(deadline=None)
@given(st.lists(st.integers(0, 2**63 - 1) | st.integers(0, 2**34), max_size=40), st.integers(0, 40))
def test_sorting_by_the_leading_bits(numbers: list[int], bit: int) -> None:
    values = np.array(numbers, np.int64)
    sort_by_bits(bit, values, np.empty_like(values), np.empty(DIGITS, np.int64))
    assert values.tolist() == sorted(numbers, key=lambda number: number >> bit)


def test_sorting_does_not_rely_on_chance() -> None:
    # Few values, many times, some of them neighbours that share a slot; and values all in one slot.
    few = np.array([5, 6, 2**63, 2**63 + 1], np.uint64)
    rows = [np.tile(few, 500), np.arange(300, dtype=np.uint64)[::-1], few[:0], few[::-1]]
    room, found = offsets_of(np.array([len(row) for row in rows])), np.concatenate(rows)
    counts = np.empty(len(rows), np.int64)
    kernels.sort_sets(room, found, counts)
    for row, begin, count in zip(rows, room[:-1], counts, strict=True):
        assert found[begin : begin + count].tolist() == np.unique(row).tolist()


@given(TEXTS)
def test_fingerprints(texts: list[str]) -> None:
    tokens = tokenize(texts)
    one, two = (fingerprints(tokens.hash, tokens.offsets, compiled=compiled) for compiled in (False, True))
    assert one.tolist() == two.tolist()


@given(TEXTS)
def test_flags_are_counted(texts: list[str]) -> None:
    tokens = tokenize(texts)
    found = []
    for compiled in (False, True):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(shingles, "is_large", lambda count, wish, compiled=compiled: compiled)
            found.append([count(tokens.flags, tokens.offsets).tolist() for count in (unspaced, word_counts)])
    assert found[0] == found[1]


@given(st.lists(st.lists(st.integers(0, 2**64 - 1), max_size=30), max_size=6), WORKERS)
def test_signatures_are_those_of_datasketch(rows: list[list[int]], workers: int) -> None:
    sets = ShingleSets(
        np.array([value for row in rows for value in row], np.uint64),
        offsets_of(np.array(list(map(len, rows)), np.int64)),
    )
    found = signatures(sets, workers, compiled=True)
    for number, row in enumerate(rows):
        sketch = datasketch.MinHash(num_perm=PERMUTATIONS, scheme="affine32", hashfunc=int)
        sketch.update_batch([value >> 32 for value in row])
        assert found[number].tolist() == sketch.hashvalues.tolist()


def test_permutations_are_those_of_datasketch() -> None:
    expected = datasketch.MinHash(num_perm=PERMUTATIONS, scheme="affine32").permutations
    assert np.array_equal(np.array(permutations()), expected)


@given(TEXTS, WORKERS, st.sampled_from([lsh.Bands(42, 3), lsh.Bands(16, 8), lsh.Bands(128, 1)]))
def test_band_keys(texts: list[str], workers: int, bands: lsh.Bands) -> None:
    sets = sets_of(texts)
    keys = lsh.keys_of(sets, bands, workers, compiled=True)
    assert keys.tolist() == lsh.band_keys(signatures(sets), bands, compiled=False).tolist()


@given(TEXTS, WORKERS)
def test_intersections(texts: list[str], workers: int) -> None:
    sets = sets_of(texts)
    pairs = np.array([(a, b) for a in range(len(texts)) for b in range(len(texts))], np.int64).reshape(-1, 2)
    one = verify.intersections(sets, pairs, compiled=False)
    assert one.tolist() == verify.intersections(sets, pairs, workers, compiled=True).tolist()


SCRIPTS = st.sampled_from(["abcdefghijklmnopqrst東京のはに", "東京のはに新聞社a9", "東京のはに新聞社", "abcdefgh"])
COMMON = st.lists(
    SCRIPTS.flatmap(lambda script: st.lists(st.sampled_from(script), max_size=90)).map(" ".join), max_size=6
)


@given(COMMON, st.randoms(use_true_random=False), WORKERS)
def test_seeds(texts: list[str], rng: random.Random, workers: int) -> None:
    stream = mixed(texts, rng)
    one = seeds.pick(stream, compiled=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seeds, "PIECE", 20)
        patch.setattr(seeds, "PART", 9)
        two = seeds.pick(stream, workers, compiled=True)
    for name in seeds.Seeds.__dataclass_fields__:
        assert getattr(one, name).tolist() == getattr(two, name).tolist(), name
    before = frequencies(one, stream)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seeds, "PIECE", 20)
        assert frequencies(one, stream) == before


def frequencies(chosen: seeds.Seeds, stream: seeds.Stream) -> list[int]:
    return [count for part, _ in chosen.per_token(stream) for count in part.tolist()]


@given(st.lists(st.integers(0, 70)), st.sets(st.integers(0, 70)))
def test_looking_up(values: list[int], known: set[int]) -> None:
    column, others = np.array(values, np.uint64), np.array(sorted(known), np.uint64)
    found = lookup.among(column, others, compiled=True)
    assert found.tolist() == lookup.among(column, others, compiled=False).tolist() == [n in known for n in values]


@given(st.lists(st.floats(0, 1), max_size=30), st.integers(1, 9), st.data())
def test_sums_at_some_places_are_those_of_the_whole(values: list[float], size: int, data: st.DataObject) -> None:
    column = np.array(values)
    places = np.array(data.draw(st.lists(st.integers(0, len(values)))), np.int64)
    sums = Sums(places, [column[begin : begin + size] for begin in range(0, len(values), size)])
    assert sums[places].tolist() == np.concatenate([[0.0], np.cumsum(column)])[places].tolist()


@given(COMMON, st.randoms(use_true_random=False), WORKERS, st.sampled_from([2, 6, 50]), st.sampled_from([1, 3]))
def test_passages(texts: list[str], rng: random.Random, workers: int, full: int, few: int) -> None:
    """Few words make all kinds of runs; small limits make common seeds; little room is not enough at first."""
    stream = mixed(texts, rng)
    with pytest.MonkeyPatch.context() as patch:
        for module in (seeds, passages):
            patch.setattr(module, "FULL", full)
            patch.setattr(module, "FEW", few)
        patch.setattr(passages, "STEP", 9)
        patch.setattr(passages, "ROOM", 1)
        chosen = seeds.pick(stream, compiled=False)
        one = passages.find(stream, chosen, compiled=False)
        two = passages.find(stream, chosen, workers, compiled=True)
    assert list(one) == list(two) == [two[number] for number in range(len(two))]
    for name in passages.Equal._fields:
        assert getattr(one.runs, name).tolist() == getattr(two.runs, name).tolist(), name


def mixed(texts: list[str], rng: random.Random) -> seeds.Stream:
    """Documents that print parts of one another, with words changed, put in and left out; kept in any order."""
    words = [text.split() for text in texts]
    for text in list(words):
        copy = [word for word in text for _ in range(rng.choice([1, 1, 1, 1, 1, 1, 1, 1, 0, 2]))]
        words.append([rng.choice(["a", "b", '"c']) if rng.random() < 0.1 else word for word in copy])
        begin = rng.randrange(len(text) + 1)
        words.append(rng.choice(words)[:9] + text[begin:] + text[:begin])
    order = list(range(len(words)))
    rng.shuffle(order)
    return stream_of([" ".join(words[number]) for number in order], rng.sample(order, len(order)))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=30))
def test_first_equal(rows: list[tuple[int, int]]) -> None:
    for compiled in (False, True):
        found = lookup.first_equal(np.array(rows, np.uint64).reshape(-1, 2), compiled)
        assert found.tolist() == [rows.index(row) for row in rows]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60), st.integers(1, 4))
def test_every_row_is_worked_on_once(weights: list[int], workers: int) -> None:
    done: list[int] = []
    spread(lambda first, end: done.extend(range(first, end)), offsets_of(np.array(weights)), workers)
    assert sorted(done) == list(range(len(weights)))


@settings(max_examples=20)
@given(
    st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), max_size=60), st.integers(1, 9), st.integers(1, 20)
)
def test_candidates_are_merged_along_the_way(rows: list[list[int]], limit: int, few: int) -> None:
    keys = np.array(rows, np.uint32).reshape(-1, 4).T.copy()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lsh, "REPRESENTATIVES", few)
        whole = lsh.candidates(keys, compiled=False)
        patch.setattr(lsh, "_PAIRS", limit)
        for compiled in (False, True):
            assert lsh.candidates(keys, compiled).tolist() == whole.tolist()
    assert all(a < b for a, b in whole.tolist())


# ---- growth -----------------------------------------------------------------------------------------


def pages(kind: str, count: int) -> list[str]:
    """Articles with one notice below them, or pages made from one template, a word of which is their own."""
    words = [f"w{number}" for number in range(120)]
    if kind == "notice":
        return [" ".join([*(f"own{n}x{m}" for m in range(20)), *words[:40]]) for n in range(count)]
    return [" ".join([*words[:30], f"own{n}", *words[30:60], f"too{n}", *words[60:]]) for n in range(count)]


@pytest.mark.parametrize("kind", ["notice", "template"])
def test_comparisons_grow_with_the_documents_and_not_with_their_square(kind: str) -> None:
    counts = [comparisons(pages(kind, number)) for number in (200, 400, 800)]
    for (seed_pairs, candidates), (more_pairs, more_candidates) in pairwise(counts):
        assert 0 < more_pairs <= 2.2 * seed_pairs
        assert more_candidates <= 2.5 * candidates  # small buckets are compared whole


def comparisons(texts: list[str]) -> tuple[int, int]:
    """Pairs of seeds, and pairs of paragraphs, that are looked at."""
    stream = stream_of(texts)
    chosen = seeds.pick(stream, compiled=True)
    groups, in_order = passages.groups_of(stream, chosen)
    assert all(np.diff(groups.head_edges) <= seeds.FEW)  # what a seed of a large group is held against
    rules = passages.rules_of()
    room = passage_kernels.room_for(9999)
    words = run_kernels.Words(stream.word, stream.documents, stream.unspaced, stream.flags)
    rows = np.array([0, len(texts)], np.int64)
    compared = passage_kernels.passages(words, groups, in_order, rules, rows, room)
    assert rows[0] == len(texts)
    assert compared <= len(seeds.seed_pairs(stream, chosen).a)
    keys = lsh.keys_of(sets_of(texts), lsh.plan(0.5), compiled=True)
    return compared, len(lsh.candidates(keys))


# ---- when they serve, and where compiled code is kept --------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_comes_out_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int) -> None:
    source = Writer(3).corpus(tmp_path / "in", 30, words=200)
    plain = dedupe([source], workers=1)
    fast = compiled_run(source, workers, monkeypatch)
    for name in ("documents", "removals", "clusters", "passages", "stories"):
        assert getattr(fast, name) == getattr(plain, name)


def compiled_run(source: Path, workers: int, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setattr(when, "LARGE", 1)
    return dedupe([source], workers=workers)


@pytest.mark.parametrize("cached", [False, True])
def test_compiling_is_announced_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cached: bool) -> None:
    source = Writer(5).corpus(tmp_path / "in", 10)
    monkeypatch.setattr(when, "LARGE", 1)
    monkeypatch.setattr(ready, "is_cached", lambda: cached)
    when.are_ready.cache_clear()
    stages: list[str] = []
    pipeline.run("dedupe", [source], Config(), lambda stage, done, total: stages.append(stage))
    assert stages.count("compiling (once)") == (not cached)
    when.are_ready.cache_clear()


def test_what_is_compiled_beforehand_is_what_serves(
    compiled: dict[tuple[str, str], int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By these runs, and the tests above that this process ran: nothing is compiled later, unannounced."""
    for workers in (1, 2):
        compiled_run(Writer(3).corpus(tmp_path / str(workers), 30, words=200), workers, monkeypatch)
    assert {name: count for name, count in versions().items() if 0 < compiled[name] < count} == {}


def run(code: str, *arguments: str, **environment: str) -> str:
    known = {name: value for name, value in os.environ.items() if name not in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME")}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**known, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


MANY = """
import random, sys
sys.path.insert(0, sys.argv[1])
from builders import stream_of
from unecho.matching import seeds
rng = random.Random(5)
stream = stream_of([" ".join(rng.choices("abc", k=60)) for _ in range(9)])
known = seeds.pick(stream, compiled=False)
seeds.WIDE, seeds.PART, seeds.PIECE = 0, 9, 200
found = seeds.pick(stream, compiled=True)
print(found.group.dtype, all((getattr(known, name) == getattr(found, name)).all() for name in seeds.Seeds.__slots__))
"""


def test_seeds_of_more_words_than_32_bits_number() -> None:
    assert run(MANY, str(Path(__file__).parent)) == "int64 True"


def test_small_inputs_load_no_compiler(tmp_path: Path) -> None:
    source = Writer(4).corpus(tmp_path / "in", 10, words=100)
    code = f"import sys, unecho; unecho.dedupe([{str(source)!r}]); print('numba' in sys.modules)"
    assert run(code) == "False"


def test_kernels_load_no_linear_algebra() -> None:
    code = "import sys; from unecho.compiled import token; token.warm(); print('scipy.linalg' in sys.modules)"
    assert run(code) == "False"
    code += "; import numba, numpy as np; print(numba.njit(lambda a: a @ a)(2 * np.eye(2))[1, 1])"
    assert run(code).split() == ["False", "4.0"]


USE = """
from unecho.compiled import forest as kernels, jit
before = jit.is_cached(kernels)
kernels.warm()
print(jit.cache_folder(), before, jit.is_cached(kernels))
"""


def test_compiled_code_is_kept_in_the_users_cache(tmp_path: Path) -> None:
    folder = tmp_path / "unecho" / "kernels"
    assert run(USE, XDG_CACHE_HOME=str(tmp_path)) == f"{folder} False True"
    assert run(USE, XDG_CACHE_HOME=str(tmp_path)) == f"{folder} True True"


SHARED = """
from unecho.compiled import ready
quick = dict(list(ready.MODULES.items())[-5:])
ready.MODULES.clear()
ready.MODULES.update(quick)
before = ready.is_cached()
ready.warm(2)
kernels = [one for module in quick.values() for one in vars(module).values() if hasattr(one, "stats")]
print(before, ready.is_cached(), sum(sum(one.stats.cache_misses.values()) for one in kernels))
"""


def test_processes_share_the_compiling(tmp_path: Path) -> None:
    assert run(SHARED, NUMBA_CACHE_DIR=str(tmp_path)) == "False True 0"


def test_numbas_own_setting_goes_first(tmp_path: Path) -> None:
    assert run(USE, NUMBA_CACHE_DIR=str(tmp_path)) == f"{tmp_path} False True"


def test_kernels_of_another_numba_or_processor_or_source_do_not_count(tmp_path: Path) -> None:
    run(USE, NUMBA_CACHE_DIR=str(tmp_path))
    (index,) = tmp_path.rglob("*.nbi")
    with index.open("rb") as file:
        version, (stamp, overloads) = pickle.load(file), pickle.load(file)
    (((signature, processor, code), name),) = overloads.items()
    others = [
        ("0.1", (stamp, overloads)),
        (version, ((0.0, 0), overloads)),
        (version, (stamp, {(signature, ("another", *processor[1:]), code): name})),
    ]
    for parts in others:
        index.write_bytes(b"".join(map(pickle.dumps, parts)))
        assert run(USE, NUMBA_CACHE_DIR=str(tmp_path)) == f"{tmp_path} False True"


CALLED = """
import numba, numpy as np
from unecho.compiled.values import sort
values = np.array([3, 1, 2])
sort(values)
print(values.tolist(), sum(sort.stats.cache_hits.values()))

@numba.njit
def least(values):
    sort(values)
    return values[0]

print(least(np.array([3, 1, 2])))
"""


def test_kernels_from_the_cache_serve_those_that_are_compiled_later(tmp_path: Path) -> None:
    for hits in (0, 1):
        assert run(CALLED, NUMBA_CACHE_DIR=str(tmp_path)).splitlines() == [f"[1, 2, 3] {hits}", "1"]


KEPT_OTHERWISE = """
from unecho.compiled import load
import numpy as np

def of_another_numba(codegen, state):
    name, code = state

load._unserialized = of_another_numba
from unecho.compiled.values import sort
values = np.array([3, 1, 2])
sort(values)
print(values.tolist(), sum(sort.stats.cache_hits.values()))
"""


def test_a_numba_that_keeps_code_otherwise_loads_it_itself(tmp_path: Path) -> None:
    for hits in (0, 1):
        assert run(KEPT_OTHERWISE, NUMBA_CACHE_DIR=str(tmp_path)) == f"[1, 2, 3] {hits}"


OF_ANOTHER_NUMBA = """
from unecho.compiled import link

link._NEEDED = [(link.Flags, "of_another_numba")]
import numba, numpy as np
from unecho.compiled.spell import hash_of

points = np.arange(3, dtype=np.uint32)
print(hash_of(points, 0, 3) == numba.njit(lambda points: hash_of(points, 0, 3))(points))
"""


def test_what_kernels_alone_call_is_compiled_for_them() -> None:
    points = np.arange(3, dtype=np.uint32)
    for _ in range(2):
        with pytest.raises(TypeError, match="hash_of is called by kernels alone"):
            hash_of(points, 0, 3)
    assert kernel_of(hash_of)(points, 0, 0) == 0


def test_a_numba_that_compiles_otherwise_does_so_in_its_own_way(tmp_path: Path) -> None:
    assert run(OF_ANOTHER_NUMBA, NUMBA_CACHE_DIR=str(tmp_path)) == "True"


def test_what_changes_in_one_module_is_compiled_anew_where_it_is_used() -> None:
    sources = {"low": "x = 1", "mid": "from .low import x", "top": "from . import mid as m\nm.x", "other": "y = 2"}
    before, after = jit.digests(sources), jit.digests({**sources, "low": "x = 3"})
    assert {name for name in sources if before[name] != after[name]} == {"low", "mid", "top"}


def test_all_that_a_module_of_kernels_takes_from_is_seen() -> None:
    for module in ready.MODULES.values():
        source = inspect.getsource(module)
        nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom) and node.level == 1]
        taken = [[node.module] if node.module else [alias.name for alias in node.names] for node in nodes]
        assert set(jit._TAKES.findall(source)) == set(chain.from_iterable(taken))


def test_kernels_that_are_ready_serve_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    for ready_now, counts in ((False, (when.LARGE,)), (True, (when.READY, when.LARGE))):
        when.are_ready.cache_clear()
        monkeypatch.setattr(ready, "is_cached", lambda now=ready_now: now)
        sizes = (0, when.READY - 1, when.READY, when.LARGE - 1, when.LARGE)
        assert [size for size in sizes if when.is_large(size, None)] == [size for size in sizes if size >= counts[0]]
        assert when.is_large(0, True)
        assert not when.is_large(when.LARGE, False)
    when.are_ready.cache_clear()


def test_where_nothing_can_be_written_there_is_no_cache(tmp_path: Path) -> None:
    # A file in the place of a folder can be written by nobody, not by root either.
    (tmp_path / "file").touch()
    blocked = str(tmp_path / "file" / "cache")
    assert run(USE, HOME=blocked, XDG_CACHE_HOME=blocked, NUMBA_CACHE_DIR=blocked) == "None False False"


def test_an_interrupt_while_a_kernel_is_loaded_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(*_: object) -> None:
        with suppress(KeyboardInterrupt):  # as C does with what is raised in the functions it calls back
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(FunctionCache, "_load_overload", load)
    with pytest.raises(KeyboardInterrupt):
        jit.compiled(abs_of)(-1)


def abs_of(number: int) -> int:
    return number if number > 0 else -number
