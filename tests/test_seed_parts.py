"""Seeds are sorted in parts where there are many."""

from __future__ import annotations

import pytest
from builders import own, stream_of

from unecho import seeds


@pytest.mark.parametrize("piece", [40, 1000, 100_000])
def test_seeds_are_the_same_in_any_number_of_parts(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"{own(n % 7)} {own(100 + n, 30)}" for n in range(30)]
    stream = stream_of(texts)
    plain = seeds.pick(stream, compiled=False)
    monkeypatch.setattr(seeds, "PIECE", piece)
    found = seeds.pick(stream, compiled=True)
    assert len(found.hash) > 100
    for name in ("hash", "place", "frequency"):
        assert getattr(found, name).tolist() == getattr(plain, name).tolist()
