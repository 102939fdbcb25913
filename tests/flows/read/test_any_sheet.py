"""Whatever stands on a sheet, in whatever order: reading it gives an answer and accounts for every row."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.read.sheet import CellSheet, Merge, Sheet, plain_sheet
from flows.read.table import CellType
from flows.read.tables.heading import vocabulary_of
from flows.read.tables.one_sheet import read_sheet
from flows.read.tables.unknown import guess_block, guess_body
from schemas.datasets import load

DATASETS = load()
VOCABULARY = vocabulary_of(DATASETS)
LABELS = [column.label for dataset in DATASETS.values() for column in dataset.columns]
HEADINGS = [*LABELS, *(level for label in LABELS for level in label.split(" > ")), "STT", "Nam", "Nữ"]
HEADINGS += ["Tháng 1", "Tháng 2", "Tháng", *(column.label for column in DATASETS["to_cong_nghe_so"].columns)]
OTHERS: list[str | None] = [
    *("A", "B", "1", "2", "3", "(1)", "-1", "11=10+9", "I.", "II", "a)", "x", "…", '"', "nt", "%", "&=a"),
    *("001", "038085012345", "31/02/2026", "1.234,5", "=SUM(A1)", "\n", "\u00a0", "*", "(*) ghi chú"),
    *("Tổng cộng", "Cộng thôn 1", "CỘNG", "Trong đó", "Thôn Một", "Nơi nhận:", "NGƯỜI LẬP"),
    *("Không phát sinh", "Đơn vị tính: triệu đồng", "Ngày 3 tháng 4 năm 2026", *[None] * 8),
]


def _columns(of: Random, height: int, width: int) -> list[list[str | None]]:
    """Rows of anything; most sheets have the headings of some dataset among them, some a row of numbers."""
    known = [of.choice([0.0, 0.0, 0.1, 0.9]) for _ in range(height)]
    columns = [
        [of.choice(HEADINGS) if of.random() < share else of.choice(OTHERS) for share in known]
        for _ in range(width)
    ]
    if height and of.random() < 0.6:
        labels = [column.label for column in of.choice(list(DATASETS.values())).columns]
        row = of.randrange(height)
        for column, label in zip(columns, of.sample(labels, len(labels)), strict=False):
            column[row] = label
    if height and of.random() < 0.3:
        row = of.choice([0, of.randrange(height)])
        for number, column in enumerate(columns, 1):
            column[row] = f"({number})"
    return columns


def _merges(of: Random, height: int, width: int) -> tuple[Merge, ...]:
    """Also such as reach out of the sheet, as damaged files have them."""
    corners = [(of.randint(0, height), of.randint(0, width)) for _ in range(of.choice([0, 0, 1, 3]))]
    return tuple((top, left, top + of.randint(0, 3), left + of.randint(0, 3)) for top, left in corners)


def _sheets(seed: int) -> list[Sheet]:
    """One sheet, as a short one of a workbook and as text."""
    of = Random(seed)
    height, width = of.randint(0, 14), of.choice([1, 1, 2, 3, 5, 9])
    columns, merges = _columns(of, height, width), _merges(of, height, width)
    kinds = [None if of.random() < 0.5 else [of.choice(list(CellType)) for _ in column] for column in columns]
    text = plain_sheet("Trang", columns, merges)
    return [CellSheet("Trang", merges, of.random() < 0.1, frozenset({1, 3}), columns, kinds), text]  # type: ignore[arg-type]


@settings(max_examples=120, derandomize=True)
@given(seed=st.integers(0, 2**32))
def test_any_sheet_is_read_and_accounted_for(seed: int) -> None:
    for sheet in _sheets(seed):
        read = read_sheet(sheet, VOCABULARY)
        rows = read.rows()
        assert rows["row"].n_unique() == sheet.height
        assert rows.is_unique().all()
        assert (rows["role"] == "ban_ghi").sum() == sum(table.cells.height for table in read.tables)


@settings(max_examples=150, derandomize=True)
@given(seed=st.integers(0, 2**32))
def test_the_headings_of_any_sheet_are_guessed_within_it(seed: int) -> None:
    for sheet in _sheets(seed):
        block = guess_block(sheet)
        if block is not None:
            assert 0 <= block.top <= block.bottom < sheet.height
            assert len(guess_body(sheet, block, sheet.height).codes) == sheet.height - block.body
