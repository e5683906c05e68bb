"""The columns of elements: the compiled loops say what the plain code says."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from unecho.boilerplate import elements, matrix, measure, score
from unecho.boilerplate.evidence import Evidence, own_columns
from unecho.boilerplate.forest import UNIT
from unecho.boilerplate.model import shipped
from unecho.model import Block

TAGS = st.sampled_from(["p", "li", "div", "h1", "td"])
TOKENS = st.frozensets(st.sampled_from(["share", "main", "nav", "x", "comment"]), max_size=3)
LINE = "A line, no. 7."


@st.composite
def pages(draw: st.DrawFn) -> list[Block]:
    """Blocks with the elements they lie in, as in a tree: an element is opened before what is in it."""
    blocks, opened, open_path = [], 0, list[int]()
    for number in range(draw(st.integers(1, 12))):
        open_path = open_path[: draw(st.integers(0, len(open_path)))]
        for _ in range(draw(st.integers(0, 10))):
            opened += draw(st.integers(1, 3))
            open_path.append(opened)
        path = tuple(open_path[-13:])
        own = draw(TOKENS)
        start = number * (len(LINE) + 1)
        links = draw(st.sampled_from([0.0, 0.3, 1.0]))
        ancestors = tuple(draw(st.sampled_from(["ul", "nav", "div"])) for _ in path[1:])
        tokens = own | draw(TOKENS)
        blocks.append(Block(start, start + len(LINE), draw(TAGS), ancestors, tokens, links, path, own))
    return blocks


def evidence_of(blocks: list[Block], compiled: bool) -> Evidence:
    text = "\n".join([LINE] * len(blocks))
    return Evidence(text, [(block.start, block.end) for block in blocks], blocks, [None] * len(blocks), None, compiled)


@settings(max_examples=150, deadline=None)
@given(st.data(), st.lists(pages(), min_size=1, max_size=3))
def test_the_kernel_sees_elements_as_the_plain_code_does(data: st.DataObject, documents: list[list[Block]]) -> None:
    blocks = [block for document in documents for block in document]
    weights = st.lists(st.sampled_from([0, 0, 1, 7, 400]), min_size=len(blocks), max_size=len(blocks))
    mass, drag = np.array(data.draw(weights), np.int64), np.array(data.draw(weights), np.int64)
    chars = np.array(data.draw(weights), np.int64)
    edges = matrix.running(np.array([len(document) for document in documents]))
    kinds = matrix.joined([matrix.kinds_of(document) for document in documents])
    fast = elements.trees(blocks, kinds, chars, mass, drag, edges)
    for first, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        part = slice(first, end)
        for name, column in elements.of_tree(blocks[part], chars[part], mass[part], drag[part]).items():
            assert fast[name].dtype == column.dtype
            assert fast[name][part].tolist() == column.tolist(), name


@settings(max_examples=60, deadline=None)
@given(pages())
def test_own_columns_are_the_same(blocks: list[Block]) -> None:
    plain, fast = (own_columns(evidence_of(blocks, compiled), shipped()["html"]) for compiled in (False, True))
    assert plain.keys() == fast.keys()
    for name, column in plain.items():
        assert fast[name].tolist() == column.tolist(), name


@given(pages())
def test_each_block_has_its_kind(blocks: list[Block]) -> None:
    kinds = matrix.kinds_of(blocks)
    for block, kind in zip(blocks, kinds.of.tolist(), strict=True):
        one = kinds.blocks[kind]
        assert (one.tag, one.ancestors, one.tokens, one.own) == (block.tag, block.ancestors, block.tokens, block.own)
    names = evidence_of(blocks, False).names
    assert names == tuple(evidence_of([block], False).names[0] for block in blocks)


def test_elements_of_lines_without_any() -> None:
    block = Block(0, len(LINE), "body", (), frozenset(), 0.0)
    chars, mass = measure.measure(LINE, [(0, len(LINE))]).chars, np.array([3])
    kinds, drag, edges = matrix.kinds_of([block]), np.array([1]), np.array([0, 1])
    fast, plain = elements.trees([block], kinds, chars, mass, drag, edges), elements.of_tree([block], chars, mass, drag)
    assert {name: fast[name].tolist() for name in plain} == {name: column.tolist() for name, column in plain.items()}


def test_confidence_of_whole_scores() -> None:
    scores = np.arange(-21 * UNIT, 21 * UNIT, 7)
    assert score.confidences(scores) == [score.confidence(value / UNIT) for value in scores.tolist()]
