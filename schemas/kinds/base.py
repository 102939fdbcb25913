"""What a kind of column is: how a clerk writes it, and every way in which a cell of it can be wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from schemas.contract import Column, Dimension, Severity, unread_column

FailsWhen = Callable[[Column], pl.Expr]


def unread_as(flaw: str) -> FailsWhen:
    """The reading itself gave this flaw: cells whose `unread` that hold `flaw`."""
    return lambda column: pl.col(unread_column(column.name)).eq_missing(flaw)


def value_is(test: Callable[[pl.Expr], pl.Expr]) -> FailsWhen:
    """The value was read and `test` holds for it."""
    return lambda column: test(pl.col(column.name))


def outside_range(column: Column) -> pl.Expr:
    """The value lies outside the column's inclusive range; without one only negatives do."""
    low, high = column.range or (0, float("inf"))
    return ~pl.col(column.name).is_between(low, high)


@dataclass(frozen=True, slots=True)
class Flaw:
    """One way in which a cell can be wrong; its code is `<column>.<name>`.

    `says` is a sentence for the clerk and may use `{label}`, `{form}`, `{span}`, `{choices}`.
    A `severity` of None blocks in a required column and warns in an optional one. `bad` is what is typed
    in a cell that has the flaw; `can_be` says which columns can have it.
    """

    name: str
    dimension: Dimension
    severity: Severity | None
    says: str
    fails_when: FailsWhen
    bad: str = ""
    can_be: Callable[[Column], bool] = lambda _: True


MISSING = Flaw("thieu", "du", "chan", "Ô “{label}” bắt buộc nhưng để trống.", unread_as("thieu"))
UNREADABLE = Flaw(
    "khong_doc_duoc", "dung", None, "Không đọc được “{label}”. {form}.", unread_as("khong_doc_duoc"), "?"
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
)

COMMON = (MISSING, UNREADABLE, BROKEN_FORMULA, UNCOMPUTED_FORMULA)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of column: its name in contracts, its type once read, how to write it, its own flaws.

    With `reads_all` every text is read, or has a flaw of its own: nothing is left that is just unreadable.
    `source` says what lays down how it is written.
    """

    name: str
    title: str
    dtype: pl.DataType | type[pl.DataType]
    form: str
    example: str
    own: tuple[Flaw, ...] = ()
    reads_all: bool = False
    source: str = ""

    def __reduce__(self) -> tuple[Callable[[str], Kind], tuple[str]]:
        """A kind sent to another process is that process's own kind of that name."""
        return _named, (self.name,)

    def flaws(self, column: Column) -> tuple[Flaw, ...]:
        """Every flaw that a cell of `column` can have, the common ones first."""
        common = COMMON if column.required else COMMON[1:]
        return common + tuple(flaw for flaw in self.own if flaw.can_be(column))


def _named(name: str) -> Kind:
    from schemas.kinds import KINDS  # noqa: PLC0415 - KINDS is made of this module's kinds

    return KINDS[name]
