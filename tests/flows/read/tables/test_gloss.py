"""Rows below a heading that explain its columns are no records; rows of words that say nothing are."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from flows.read import read_file
from flows.read.table import ReadFile
from schemas.datasets import load
from tests.conftest import lines
from tests.flows.read.forms import records

DATASETS = load()
Rows = Sequence[Sequence[object]]


def read(name: str, below: Rows, *, numbered: bool = True) -> ReadFile:
    """A form of two records, with the rows `below` its heading."""
    heading = [column.label.replace(" > ", ", ") for column in DATASETS[name].columns]
    of_records = records(DATASETS[name], 2)
    rows = [heading, *below, *of_records]
    if numbered:
        heading = ["STT", *heading]
        rows = [heading, *below, *([at, *record] for at, record in enumerate(of_records, 1))]
    return read_file(lines(rows).encode(), "a.csv", DATASETS)


def rows_read(doc: ReadFile) -> list[int]:
    return [row for table in doc.tables for row in table.cells["_row"]]


@pytest.mark.parametrize("numbered", [True, False])
def test_codes_of_fields_and_guidance_are_no_records(*, numbered: bool) -> None:
    number = ["stt"] if numbered else []
    for name, dataset in DATASETS.items():
        codes = [*number, *(column.name for column in dataset.columns)]
        upper = [str(code).upper() for code in codes]
        guidance = [
            *(["(1)"] if numbered else []),
            *(f"(Ghi {c.kind.title.lower()})" for c in dataset.columns),
        ]
        for row in (codes, upper, guidance):
            if any("_" in str(cell) for cell in row) or row is guidance:
                assert rows_read(read(name, [row], numbered=numbered)) == [3, 4], (name, row)


WASTE = "moi_truong"
NUMBERS = [f"({at})" for at in range(1, 8)]
GLOSSES: dict[str, tuple[Rows, list[int]]] = {
    "English": ([["No.", "Village", "Generated", "Collected", "Recycled", "Models", "Solar (kWp)"]], [3, 4]),
    "English and numbers": (
        [
            ["No", "Village", "Made", "Collected", "Recycled", "Models", "Solar"],
            [f"({at})" for at in range(1, 8)],
        ],
        [4, 5],
    ),
    "numbers and kinds": ([[f"({at})" for at in range(1, 8)], ["", "chữ", *["số"] * 5]], [4, 5]),
    "guidance in some cells": ([["", "", "", "(Ghi số tấn)", "", "", ""]], [3, 4]),
    # Records that must be told of, not passed over.
    "words below a number": ([[1, "Phố 9", "no data", "none yet", "waiting", "later", "unknown"]], [2, 3, 4]),
    "words that come again": ([["", "Pho 9", "chua co", "chua co", "cho", "sau", "k ro"]], [2, 3, 4]),
    "a thôn without accents": (
        [["", "Pho 9", "chua co", "dang cap nhat", "cho", "sau", "khong ro"]],
        [2, 3, 4],
    ),
    "one value": ([["", "Village", "Generated", "12", "Recycled", "Models", "Solar"]], [2, 3, 4]),
}


def test_only_what_explains_the_columns_is_passed_over() -> None:
    for name, (below, rows) in GLOSSES.items():
        assert rows_read(read(WASTE, below)) == rows, name
