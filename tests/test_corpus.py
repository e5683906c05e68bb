from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from unecho.decisions.recheck import _corpus
from unecho.matching.corpus import characters

WORDS = st.sampled_from(["one", "two,", "three.", "é“tè”", "東京", "\U0001f600 four", "\udc80"])
TEXTS = st.lists(st.lists(WORDS, min_size=1, max_size=60).map(" ".join), min_size=1, max_size=4)


@settings(deadline=None)
@given(texts=TEXTS, data=st.data())
def test_both_find_the_same_characters(texts: list[str], data: st.DataObject) -> None:
    corpus = _corpus(texts[0], [(0, len(texts[0]))], texts[1:])
    count = len(corpus.stream.word)
    asked = st.tuples(st.integers(0, max(count - 1, 0)), st.integers(-3, 300))
    rows = sorted(data.draw(st.lists(asked, max_size=12 if count else 0)), key=lambda row: row[0])
    tokens, places = (np.array([row[side] for row in rows], np.int64) for side in (0, 1))
    plain, compiled = (characters(corpus, tokens, places, compiled=compiled) for compiled in (False, True))
    assert plain.tolist() == compiled.tolist()
    documents = corpus.paragraphs.document[corpus.paragraph_of_token[tokens]].tolist()
    texts_of = [corpus.text(document) for document in documents]
    inside = [0 <= place < len(text) for text, place in zip(texts_of, places.tolist(), strict=True)]
    assert [point != 0 for point in plain.tolist()] == inside


def test_nothing_stands_before_a_text_or_behind_it() -> None:
    corpus, tokens, places = _corpus("one", [(0, 3)], []), np.zeros(4, np.int64), np.array([-1, 0, 2, 3])
    for compiled in (False, True):
        assert characters(corpus, tokens, places, compiled=compiled).tolist() == [0, ord("o"), ord("e"), 0]
