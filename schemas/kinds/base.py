"""Defines kinds of column: how a cell is written, and every flaw that it can have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl

from schemas.contract import Column, Dimension, Severity, typed_column, unread_column
from schemas.look_alikes import name_look_alikes

FailsWhen = Callable[[Column], pl.Expr]


def unread_as(flaw: str) -> FailsWhen:
    """Fails for cells whose parsing gave this `flaw` (column `<column>.unread`)."""
    return lambda column: pl.col(unread_column(column.name)).eq_missing(flaw)


def value_is(test: Callable[[pl.Expr], pl.Expr]) -> FailsWhen:
    """Fails for parsed values for which `test` is true."""
    return lambda column: test(pl.col(column.name))


def range_of(column: Column) -> tuple[float, float | None]:
    """The column's inclusive range: the declared one, else no negative number; None is no upper bound."""
    return column.range or (0, None)


def outside_range(column: Column) -> pl.Expr:
    """Fails for values outside the column's range."""
    low, high = range_of(column)
    return ~pl.col(column.name).is_between(low, float("inf") if high is None else high)


@dataclass(frozen=True, slots=True)
class Flaw:
    """One way in which a cell can be wrong; its code is `<column>.<name>`.

    `says` is a sentence for the clerk and may use `{label}`, `{form}`, `{span}`, `{choices}`. A `severity`
    of None means blocking in a required column, a warning in an optional one. `bad` is an example of a
    faulty cell; where it is faulty only beside other cells of its column, those are `beside`. `can_be`
    decides which columns can have the flaw. `note`, an expression over the faulty rows, adds a sentence to
    `says`.
    """

    name: str
    dimension: Dimension
    severity: Severity | None
    says: str
    fails_when: FailsWhen
    bad: str = ""
    can_be: Callable[[Column], bool] = lambda _: True
    note: FailsWhen | None = None
    beside: tuple[str, ...] = ()


def naming_look_alikes(column: Column) -> pl.Expr:
    """A sentence about letters of another script in the cell; null if there is none."""
    return _name_look_alikes_in(typed_column(column.name))


# Building the expression takes a millisecond, and every column has several flaws with it.
@cache
def _name_look_alikes_in(name: str) -> pl.Expr:
    return name_look_alikes(pl.col(name))


MISSING = Flaw("thieu", "du", "chan", "Ô “{label}” bắt buộc nhưng để trống.", unread_as("thieu"))
UNREADABLE = Flaw(
    "khong_doc_duoc",
    "dung",
    None,
    "Không đọc được “{label}”. {form}.",
    unread_as("khong_doc_duoc"),
    "?",
    note=naming_look_alikes,
)
BROKEN_FORMULA = Flaw(
    "loi_cong_thuc",
    "dung",
    "chan",
    "Ô “{label}” đang báo lỗi công thức. Sửa công thức hoặc gõ thẳng giá trị.",
    unread_as("loi_cong_thuc"),
    "#REF!",
)
UNCOMPUTED_FORMULA = Flaw(
    "cong_thuc_chua_tinh",
    "dung",
    "chan",
    "Ô “{label}” có công thức nhưng tệp chưa lưu kết quả. Mở tệp bằng Excel, lưu lại rồi nộp.",
    unread_as("cong_thuc_chua_tinh"),
    "=A1+1",
)
OUT_OF_RANGE = Flaw("ngoai_khoang", "dung", "chan", "“{label}” phải {span}.", outside_range, "-1")
NOT_IN_LIST = Flaw(
    "ngoai_danh_muc",
    "dung",
    "chan",
    "“{label}” không có trong danh mục. {choices}.",
    unread_as("ngoai_danh_muc"),
    "Chưa rõ",
    note=naming_look_alikes,
)

COMMON = (MISSING, UNREADABLE, BROKEN_FORMULA, UNCOMPUTED_FORMULA)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of column: its name in contracts, the type of parsed values, how to write it, its own flaws.

    With `reads_all`, no text is just unreadable: it is parsed or has one of the kind's own flaws. `source`
    is the regulation that defines the format. `bounds` gives the inclusive bounds of values without a
    blocking flaw; an upper bound of None is none. `adds_up` says whether a total row may hold the sum of a
    column: of amounts and counts, and the number of ticks. `headings` are usual headings that mean the same:
    a column that a contract names by one of them may have any of them on the form.
    """

    name: str
    title: str
    dtype: pl.DataType | type[pl.DataType]
    form: str
    example: str
    own: tuple[Flaw, ...] = ()
    reads_all: bool = False
    source: str = ""
    bounds: Callable[[Column], tuple[Any, Any] | None] = lambda _: None
    adds_up: bool = False
    headings: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[Callable[[str], Kind], tuple[str]]:
        """Pickle by name: in another process a kind is that process's own object (flaws hold lambdas)."""
        return _find_kind, (self.name,)

    def flaws(self, column: Column) -> tuple[Flaw, ...]:
        """Every flaw that a cell of `column` can have, common flaws first."""
        common = COMMON if column.required else COMMON[1:]
        return common + tuple(flaw for flaw in self.own if flaw.can_be(column))


def _find_kind(name: str) -> Kind:
    from schemas.kinds import KINDS  # noqa: PLC0415 - schemas.kinds imports this module

    return KINDS[name]
