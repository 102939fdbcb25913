"""The packed table: every cell can be found again, and nothing in it can break out of its script element."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.report.payload import PageField, pack

NASTY = "</script><script>alert(1)</script><!-- & 'x' \"y\" \u2028 \\"


def unpacked(field: dict[str, Any]) -> list[Any]:
    if "numbers" in field:
        return list(field["numbers"])
    return [None if at < 0 else field["ids"][at] for at in field["at"]]


@given(st.lists(st.none() | st.text() | st.just(NASTY), max_size=12))
def test_every_text_comes_back_as_it_was_and_stays_in_its_element(values: list[str | None]) -> None:
    frame = pl.DataFrame({"value": values}, schema={"value": pl.String})
    text = str(pack(frame, [PageField("value", "Đã gõ")]))
    assert not set("<>&") & set(text)
    assert unpacked(json.loads(text)["fields"][0]) == values


def test_numbers_stand_as_numbers_and_may_be_missing() -> None:
    text = pack(pl.DataFrame({"row": [3, None, 12]}), [PageField("row", "Dòng")])
    assert json.loads(text)["fields"] == [{"name": "row", "title": "Dòng", "numbers": [3, None, 12]}]


@pytest.mark.parametrize(
    ("order", "ids"), [((), ["canh_bao", "chan"]), (("chan", "canh_bao"), ["chan", "canh_bao"])]
)
def test_choices_are_in_the_order_asked_for(order: tuple[str, ...], ids: list[str]) -> None:
    frame = pl.DataFrame({"severity": ["canh_bao", "chan", "canh_bao"]})
    found = json.loads(pack(frame, [PageField("severity", "Mức", str.upper, order=order)]))["fields"][0]
    assert found["ids"] == ids
    assert found["words"] == [each.upper() for each in ids]


def test_days_are_named_by_day_and_read_in_words() -> None:
    frame = pl.DataFrame({"opened": [date(2026, 11, 3)]})
    found = json.loads(pack(frame, [PageField("opened", "Từ", lambda day: f"{day:%d/%m/%Y}")]))["fields"][0]
    assert (found["ids"], found["words"]) == (["2026-11-03"], ["03/11/2026"])
