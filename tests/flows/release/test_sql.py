"""A result as CSV shows texts in a spreadsheet, whatever they begin with."""

from __future__ import annotations

import csv
import io
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.release.sql import to_csv

FORMULAS = tuple("=+-@＝＋－＠")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+84 912", "'+84 912"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1+1", "'＝1+1"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("a;=1+1", "a;'=1+1"),
        ("a\n-b", "a\n'-b"),
        ("a=1", "a=1"),
        ("a; b - c", "a; b - c"),
        ("'=1", "'=1"),
        ("", ""),
    ],
)
def test_what_begins_like_a_formula_gets_an_apostrophe(text: str, written: str) -> None:
    frame = pl.DataFrame({"a": [text], text or "b": [text]})
    assert list(csv.reader(io.StringIO(to_csv(frame), newline=""))) == [["a", written or "b"], [written] * 2]


def test_numbers_and_days_stay_as_they_are() -> None:
    frame = pl.DataFrame({"n": [-1, None], "x": [-0.5, 1.0], "d": [date(2026, 11, 24)] * 2})
    assert to_csv(frame) == frame.write_csv()


@given(st.lists(st.text(st.sampled_from("=+-@;,'\"\t\r\n a＝"), max_size=6), min_size=1))
def test_no_cell_begins_like_a_formula_by_whatever_separator(texts: list[str]) -> None:
    told = to_csv(pl.DataFrame({"a": texts}))
    cells = [cell for row in csv.reader(io.StringIO(told, newline="")) for cell in row]
    parts = [part for cell in cells for part in cell.replace("\r", ";").replace("\n", ";").split(";")]
    assert not any(part.startswith(FORMULAS) for part in parts)
