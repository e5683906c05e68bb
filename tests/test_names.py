"""What otherwise different texts share of names is no quote."""

from __future__ import annotations

import pytest
from builders import own

from unecho import dedupe


@pytest.mark.parametrize(
    ("shared", "found"),
    [
        ("People’s Council of the United Towns of Harrow (PCUTH)", 0),
        ("Mike Brown of the Royal Society of Leeds and York", 0),
        ("“Mike Brown of the Royal Society of Leeds and York”", 1),
        ("the bridge over the river in Leeds is shut until further notice", 1),
        ("Mike Brown of the Royal Society of Leeds and York, Anna Smith of the City Council of Harrow", 1),  # long
        ("市长在周一的新闻发布会上说新的地铁线路将于明年开通", 1),
    ],
)
def test_a_name_is_no_quote(shared: str, found: int) -> None:
    texts = [f"{own(n, 60)} {shared} {own(n + 2, 60)}" for n in range(2)]
    result = dedupe([(f"d{number}", text) for number, text in enumerate(texts)], clean="off")
    assert [passage.quote for passage in result.passages] == [True] * found
