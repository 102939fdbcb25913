"""Amounts in đồng under a heading in triệu or tỷ đồng are told with both readings; honest ones are not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from schemas.contract import Column, note_column
from schemas.kinds import SO_THUC, SO_TIEN
from tests.flows.clean.one_column import MILLIONS, NUMBER, TONNES, Cell, cleaned, read

BILLIONS = Column("so", "GRDP (tỷ đồng)", SO_TIEN, unit="tỷ đồng")
ONE_OF_HUNDREDS = ("120", "95", "88000000", "230", "70")
TOLD: list[tuple[str, Column, str | None, Sequence[Cell], set[int]]] = [
    ("one cell", MILLIONS, None, ONE_OF_HUNDREDS, {2}),
    ("one stored number", MILLIONS, None, [*ONE_OF_HUNDREDS[:2], ("88000000", NUMBER)], {2}),
    ("typed with groups", MILLIONS, None, ["120", "95,5", "88.000.000"], {2}),
    ("the whole column", MILLIONS, None, ["120000000", "95000000", "0", "500000", None], {0, 1, 3}),
    ("small amounts in đồng", MILLIONS, None, ["350000", "500000", "800000"], {0, 1, 2}),
    ("half a million among parts of one", MILLIONS, None, ["0,3", "0,8", "1,2", "500000"], {3}),
    ("odd amounts in đồng", MILLIONS, None, ["88123456", "95000123"], {0, 1}),
    ("a single cell", MILLIONS, None, ["3500000"], {0}),
    ("beside round large ones", MILLIONS, None, ["120", "20000", "88000000"], {2}),
    ("heading in tỷ", MILLIONS, "tỷ đồng", ["1,5", "2000000"], {1}),
    ("tỷ typed in triệu", BILLIONS, None, ["1250500", "1,5"], {0}),
    ("tỷ typed in đồng", BILLIONS, None, ["1250500000000", "1200400000000"], {0, 1}),
]
SPEED = Column("so", "Tốc độ (Mbps)", SO_THUC)
POWER = Column("so", "Điện mặt trời (kWp)", SO_THUC)
TOLD += [
    ("kg under tấn", TONNES, None, ["11,5", "8", "9,2", "8500"], {3}),
    ("all in kg under tấn", TONNES, None, ["8500", "9200", "0", "7600,5"], {0, 1, 3}),
    ("Kbps under Mbps", SPEED, None, ["50", "45", "42", ("5000", NUMBER)], {3}),
    ("all in Wp under kWp", POWER, None, ["5000", "8000", "1200"], {0, 1, 2}),
]
HONEST: list[tuple[str, Column, str | None, Sequence[Cell]]] = [
    ("a large enterprise", MILLIONS, None, ["120", "95", "250000", "230"]),
    ("a very large one, not round", MILLIONS, None, ["120", "1234567,8"]),
    ("a large project beside large ones", MILLIONS, None, ["345678,9", "2500000", "89012"]),
    ("round amounts of two large ones", MILLIONS, None, ["350000", "200000"]),
    ("its own unit is sure", MILLIONS, None, ["120", "5000000 triệu đồng", "95"]),
    ("amounts in đồng under đồng", MILLIONS, "đồng", ["88000000", "120000000"]),
    ("amounts in nghìn under nghìn", MILLIONS, "nghìn đồng", ["120000", "88000000"]),
    ("much rubbish of one place", TONNES, None, ["11,5", "8", "9,2", "250"]),
    ("its own unit", TONNES, None, ["11,5", "8", "9,2", "8500 tấn"]),
    ("kg under kg", TONNES, "kg", ["8500", "9200", "7600"]),
    ("a solar farm", POWER, None, ["5", "12", "7", "5000"]),
    ("a commune's product", BILLIONS, None, ["1250,5", "12000", "98000"]),
]


def test_amounts_in_a_smaller_unit_are_taken_and_told() -> None:
    for what, column, unit, cells, places in TOLD:
        result = cleaned((column, cells), unit=unit)
        flaws = result.frame["so.unread"].cast(str)
        assert {at for at, flaw in enumerate(flaws) if flaw == "nham_don_vi"} == places, what
        assert result.frame["so"].null_count() == sum(cell is None for cell in cells), what


def test_honest_amounts_are_not_told() -> None:
    for what, column, unit, cells in HONEST:
        assert {flaw for _, flaw, _ in read(column, *cells, unit=unit)} == {None}, what


@pytest.mark.parametrize(
    ("column", "cells", "note"),
    [
        (
            MILLIONS,
            ONE_OF_HUNDREDS,
            "Đang tính là 88.000.000 triệu đồng; nếu đã gõ bằng đồng thì là 88 triệu đồng.",
        ),
        (
            BILLIONS,
            ("1", "2", "1250500"),
            "Đang tính là 1.250.500 tỷ đồng; nếu đã gõ bằng triệu đồng thì là 1.250,5 tỷ đồng.",
        ),
    ],
)
def test_both_readings_are_named(column: Column, cells: Sequence[Cell], note: str) -> None:
    assert cleaned((column, cells)).frame[note_column("so")][2] == note
