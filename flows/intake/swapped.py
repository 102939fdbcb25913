"""Finds records in which two cells seem to have changed places, and names sorted without their rows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, permutations

import numpy as np
import numpy.typing as npt
import polars as pl

from flows.read.sheet import Mask
from flows.read.table import Problem, ReadTable
from schemas.contract import Column, Dataset
from schemas.kinds import HO_TEN, SO_LUONG, SO_THUC, SO_TIEN, VAN_BAN
from schemas.kinds.base import outside_range

_CODE = "tep.doi_cho"
_MOST = 50
_LONG = 50_000
_WORDS, _AMOUNTS = (VAN_BAN, HO_TEN), (SO_LUONG, SO_THUC, SO_TIEN)
# A word that belongs to another column stands there in so many other records.
_SEEN = 2
# Amounts that changed places are the exception, and lie so many times beyond what others have.
_FEWEST_OTHERS, _MOST_SHARE, _BEYOND, _WITHIN = 3, 0.4, 3.0, 1.25
# Their ratio lies so many times as far from the usual one as those of the others lie apart.
_SPREADS, _MANY_SPREADS, _ENOUGH_OTHERS, _NEARLY = 2.0, 3.0, 6, 1.5
# Names that do not suit the sex: so many, and such a share, are no slips.
_FEWEST_NAMES, _SHARE_OF_NAMES, _BOTH_WAYS = 3, 0.2, 0.3
_SURNAMES = (
    r"Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Mai|Trịnh|Đào"
    r"|Lâm|Phùng|Tô|Hà|Cao|Lương|Lưu|Tạ|Chu|Thái|Tăng|Kiều|Triệu|Đoàn|Vương|Quách|Trương|Hứa|Cầm|Lò"
    r"|Lường|Vi|Lữ|Lang|Bế|Nông|Ma|Đàm|Sầm|Giàng|Vàng|Sùng|Thào|Mùa|Lục|Quan|Doãn|Nghiêm|Khuất|Thân"
    r"|Tống|Từ|Văn|Bạch|La|Mạc|Ninh|Thạch|Tiêu|Ung|Bàn"
)
# Two words may be the name of a place or school.
_PERSON = rf"^(?i:{_SURNAMES})(?: \p{{Lu}}\p{{L}}*){{1,4}}$"
_SURE_PERSON = rf"^(?i:{_SURNAMES})(?: \p{{Lu}}\p{{L}}*){{2,4}}$"
Floats = npt.NDArray[np.float64]


def find_swapped(table: ReadTable, records: pl.DataFrame, dataset: Dataset) -> list[Problem]:
    """Warnings `tep.doi_cho`: of records with cells in each other's column, of names sorted by themselves.

    A word is out of place if other records have it in the other column only, or if there it is a person's
    name and here it is none. Amounts are if each lies far beyond all others of its column and among those of
    the other one. Names that do not suit the sex in many records were sorted without their rows.

    Args:
        table: The table as read, for the places of its cells.
        records: Its records, cleaned (`Cleaned.frame`).
        dataset: The contract of the table.
    """
    if not _FEWEST_OTHERS < records.height <= _LONG:
        return []
    found: dict[int, tuple[Column, Column]] = {}
    for one, other, swapped in (*_find_words(records, dataset), *_find_amounts(records, dataset)):
        for at in np.flatnonzero(swapped).tolist():
            found.setdefault(at, (one, other))
    rows = records["_row"].to_list()
    problems = [_describe(table, rows[at], *pair) for at, pair in sorted(found.items())[:_MOST]]
    return [*problems, *_find_sorted_apart(table, records, dataset)]


def _describe(table: ReadTable, row: int, one: Column, other: Column) -> Problem:
    return _make(
        table,
        f"Dòng {row}: ô “{one.label}” và ô “{other.label}” như đã đổi chỗ cho nhau, nhưng vẫn được tính như"
        " đang ghi. Kiểm tra lại, nếu đổi chỗ thì sửa rồi nộp lại.",
        row,
        one,
    )


def _make(table: ReadTable, message: str, row: int | None, column: Column) -> Problem:
    return Problem(
        _CODE,
        "dung",
        "canh_bao",
        message,
        dataset=table.dataset,
        sheet=table.sheet,
        row=row,
        column=table.letters.get(column.name),
    )


def _find_words(records: pl.DataFrame, dataset: Dataset) -> Iterator[tuple[Column, Column, Mask]]:
    """Pairs of columns of words, and which records have each other's word in them."""
    columns = [column for column in dataset.columns if column.kind in _WORDS]
    key = {each.name: pl.col(each.name).str.to_lowercase().str.strip_chars(" .") for each in columns}
    for one, other in permutations(columns, 2):
        words = records.select(a=key[one.name], b=key[other.name], x=pl.col(one.name), y=pl.col(other.name))
        in_other = words["b"].drop_nulls().value_counts(name="in_b").rename({"b": "word"})
        in_one = words["a"].drop_nulls().value_counts(name="in_a").rename({"a": "word"})
        counted = (
            words.join(in_other, left_on="a", right_on="word", how="left", maintain_order="left")
            .rename({"in_b": "a_in_b"})
            .join(in_one, left_on="a", right_on="word", how="left", maintain_order="left")
            .rename({"in_a": "a_in_a"})
            .join(in_other, left_on="b", right_on="word", how="left", maintain_order="left")
            .rename({"in_b": "b_in_b"})
        )
        col = pl.col
        belongs = (col("a_in_b") >= _SEEN) & (col("a_in_b") > col("a_in_a")) & (col("b_in_b") < col("a_in_b"))
        swapped = (belongs & (col("a") != col("b"))).fill_null(value=False)
        swapped &= swapped.sum() <= _MOST_SHARE * pl.len()
        if one.kind is HO_TEN and other.kind is VAN_BAN:
            is_named = col("y").str.contains(_SURE_PERSON) & ~col("x").str.contains(_PERSON)
            swapped |= is_named.fill_null(value=False)
        yield one, other, counted.select(swapped).to_series().to_numpy()


def _find_amounts(records: pl.DataFrame, dataset: Dataset) -> Iterator[tuple[Column, Column, Mask]]:
    """Pairs of columns of amounts, and which records have each other's amount in them."""
    columns = [column for column in dataset.columns if column.kind in _AMOUNTS]
    # An amount out of its range is a fault of its own.
    amounts = (
        records.select(
            pl.when(~outside_range(column)).then(pl.col(column.name).cast(pl.Float64)).alias(column.name)
            for column in columns
        )
        .fill_nan(0.0)
        .fill_null(0.0)
    )
    cells = {name: amounts[name].to_numpy() for name in amounts.columns}
    for one, other in combinations(columns, 2):
        mask = _find_turned(cells[one.name], cells[other.name])
        if mask is not None:
            yield one, other, mask


def _find_turned(one: Floats, other: Floats) -> Mask | None:
    """The rows whose amounts lie beyond all others of their column, and among those of the other column."""
    both = (one > 0) & (other > 0)
    if np.count_nonzero(both) <= _FEWEST_OTHERS:
        return None
    ratio = np.zeros(len(one))
    ratio[both] = np.log(one[both] / other[both])
    usual = float(np.median(ratio[both]))
    turned = both & (ratio * usual < 0) & (np.abs(ratio) >= np.log(_BEYOND))
    rest = both & ~turned
    count, others = int(np.count_nonzero(turned)), int(np.count_nonzero(rest))
    if (
        abs(usual) < np.log(_BEYOND)
        or not 0 < count <= _MOST_SHARE * (count + others)
        or others < _FEWEST_OTHERS
    ):
        return None
    (low, high), (low_other, high_other) = ((each[rest].min(), each[rest].max()) for each in (one, other))
    least, most = float(ratio[rest].min()), float(ratio[rest].max())
    apart = np.abs(ratio - usual)
    beyond = _lies_among(one, low_other, high_other) & _lies_among(other, low, high)
    beyond &= ~_is_near(one, low, high) & ~_is_near(other, low_other, high_other)
    beyond &= apart >= _SPREADS * (most - least)
    # Where all others have much the same ratio, the amounts themselves may differ widely.
    inverse = (-ratio >= least - np.log(_NEARLY)) & (-ratio <= most + np.log(_NEARLY))
    inverse &= apart >= _MANY_SPREADS * (most - least)
    turned &= beyond | (inverse if others >= _ENOUGH_OTHERS else False)
    return turned if turned.any() else None


def _lies_among(values: Floats, low: float, high: float) -> Mask:
    return np.asarray((values >= low / _WITHIN) & (values <= high * _WITHIN))


def _is_near(values: Floats, low: float, high: float) -> Mask:
    return np.asarray((values >= low / _BEYOND) & (values <= high * _BEYOND))


def _find_sorted_apart(table: ReadTable, records: pl.DataFrame, dataset: Dataset) -> Iterator[Problem]:
    """A warning if many names with "Thị" or "Văn" in their middle do not suit the sex of their row."""
    name = next((column for column in dataset.columns if column.kind is HO_TEN), None)
    sex = next((column for column in dataset.columns if column.of == ("Nam", "Nữ")), None)
    if name is None or sex is None:
        return
    middle = pl.col(name.name).str.to_lowercase().str.extract(r"^\S+ (?:\S+ )??(văn|thị) \S")
    meant = middle.replace_strict({"văn": "Nam", "thị": "Nữ"}, default=None, return_dtype=pl.String)
    told = records.select(meant=meant, sex=pl.col(sex.name)).drop_nulls()
    men, women = (told.filter((pl.col("sex") == one) & (pl.col("meant") != one)).height for one in sex.of)
    wrong = men + women
    # Names that changed places are wrong for both; a column that says Nam everywhere is another slip.
    both_ways = min(men, women) >= _BOTH_WAYS * max(men, women)
    if both_ways and wrong >= max(_FEWEST_NAMES, _SHARE_OF_NAMES * told.height):
        yield _make(
            table,
            f"{wrong} trong {told.height} tên có chữ đệm “Văn”, “Thị” không hợp với ô “{sex.label}” cùng"
            f" dòng: cột “{name.label}” có thể đã được sắp xếp riêng, lệch khỏi cột khác. Kiểm tra lại rồi"
            " nộp lại.",
            None,
            name,
        )
