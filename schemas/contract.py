"""Defines the classes that contracts are written with: Column, Rule, Cross, Dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import polars as pl

if TYPE_CHECKING:
    from schemas.kinds import Kind

Dimension = Literal["dung", "du", "sach", "song"]
Severity = Literal["chan", "canh_bao"]
Cadence = Literal["thang", "quy", "nam"]
Basis = Literal["nd09", "calendar", "point_in_time"]
Hidden = Literal["read", "refuse", "ask"]
Personal = Literal["direct", "quasi", "sensitive"]

DIMENSIONS: Mapping[Dimension, str] = {"dung": "Đúng", "du": "Đủ", "sach": "Sạch", "song": "Sống"}
SEVERITIES: Mapping[Severity, str] = {"chan": "Chặn", "canh_bao": "Cảnh báo"}
#: The class of a judged row (`_class`): no fault, warnings only, a blocking fault.
GOOD, WARNED, HELD_BACK = "dat", "can_bo_sung", "khong_su_dung"
ROW_CLASS = pl.Enum([GOOD, WARNED, HELD_BACK])
QUARANTINED = pl.col("_class") == HELD_BACK


def typed_column(column: str) -> str:
    """Name of the column with the original text of `column`."""
    return f"{column}.typed"


def stored_column(column: str) -> str:
    """Name of the column with the cell's type in the file (see `flows.read.table.CellType`)."""
    return f"{column}.stored"


def unread_column(column: str) -> str:
    """Name of the column with the result of parsing: null if it succeeded, else one of `UNREAD`."""
    return f"{column}.unread"


def note_column(column: str) -> str:
    """Name of the column with a sentence about the flaw of a cell; a frame without notes lacks it."""
    return f"{column}.note"


#: Why a cell could not be parsed as its kind, or only with doubt: names of flaws of kinds.
UNREAD = pl.Enum(
    [
        "thieu",
        "trong_ca_cot",
        "khong_doc_duoc",
        "loi_cong_thuc",
        "cong_thuc_chua_tinh",
        "sai_mau",
        "la_cmnd",
        "mat_so_0",
        "hai_so",
        "ngoai_danh_muc",
        "khong_ro",
        "khong_phai_chu",
        "chi_co_so",
        "chu_la",
        "mo_ho",
        "nham_don_vi",
        "thang_truoc",
        "hai_thu_tu",
    ]
)


@dataclass(frozen=True, slots=True)
class OpenForm:
    """How a column is shown in open tables; `schemas.open_forms` has one of each kind.

    `cuts` are the first numbers of all bands but the lowest, `merged` names what values are put together.
    """

    how: Literal["nguyen", "tuoi", "thang", "nam", "khoang", "gop", "dem"]
    cuts: tuple[int, ...] = ()
    merged: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a unit's form.

    `name` is the column in Parquet, `label` the heading on the form (levels joined by ` > `), `also`
    other headings accepted for it, `of` the values of its code list, `codes` their official numbers,
    `range` inclusive bounds, `unit` the unit of an amount. `may_be_future` allows dates after the day of
    submission. `adds_up` is false for amounts of which no sum is made, such as speeds or years' figures.
    `accepted` are headings that only one unit may use, as a root declares in `ten_cot.csv`.

    `opened` says how open tables show the column, the finest form first, each next one coarser: without it
    as is usual for its kind (`schemas.open_tables`), with () not at all.
    """

    name: str
    label: str
    kind: Kind
    also: tuple[str, ...] = ()
    required: bool = True
    personal: Personal | None = None
    of: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    pattern: str | None = None
    range: tuple[float, float] | None = None
    unit: str | None = None
    example: str | None = None
    may_be_future: bool = False
    adds_up: bool = True
    accepted: tuple[str, ...] = ()
    opened: tuple[OpenForm, ...] | None = None

    @property
    def is_summed(self) -> bool:
        """Whether a total row may hold the sum of this column, or the number of its ticks."""
        return self.adds_up and self.kind.adds_up


#: Rows of an example, as a clerk types them; columns that are not given have valid values.
Rows = tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A check of single rows of a dataset.

    `fails_when` is a polars expression that is true for a faulty row. It sees the dataset's parsed columns
    and `_judged_on` (Date: the day of submission), `_period_start`, `_period_end` (Date: first and last day
    of the period) and `_part` (the table of one submission). Null means "unknown" and is not a fault.

    The fault is reported at the column before the dot of `code`, or else at `on[0]`. `note`, an expression
    over the failing rows, adds a sentence to `says`. No row of `good` fails; the last row of `bad` does.
    """

    code: str
    on: tuple[str, ...]
    dimension: Dimension
    severity: Severity
    says: str
    fails_when: pl.Expr
    note: pl.Expr | None = None
    good: Rows = ()
    bad: Rows = ()


@dataclass(frozen=True, slots=True)
class Tie:
    """A join of rows to the rows of another dataset `to` for the same period.

    Rows with the same value in the column `by` are joined. If `place` names a column of the other dataset,
    only its rows whose `place` is the submitting unit take part. `brings` are aggregates over the joined
    rows; rules see them as `<to>.<name>`. Quarantined rows take part too; `_class` tells them apart.
    """

    to: str
    by: str
    place: str | None = None
    brings: Mapping[str, pl.Expr] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cross:
    """A check of a dataset against another one; it runs when all submissions of a period are known.

    At `level` "o", `fails_when` is asked of every row. Besides what a `Rule` sees, it has the aggregates of
    `tied`, `_co` (whether any row was joined) and `_khong_ro` (number of rows of the other dataset at this
    place whose `by` could not be parsed).

    At `level` "tep" it is asked of every joined group of the other dataset, and `_co` says whether the
    submission has that group. The submission gets one fault at most; `note` sees `_thieu` (number of
    groups that failed for sure) and `_phai_co` (number of groups).

    `severity` is always a warning: the data of one unit must never quarantine the rows of another.
    Examples have rows of the other dataset in `beside`; at level "tep" the whole submission fails.
    """

    code: str
    on: tuple[str, ...]
    tied: Tie
    dimension: Dimension
    severity: Literal["canh_bao"]
    says: str
    fails_when: pl.Expr
    note: pl.Expr | None = None
    level: Literal["o", "tep"] = "o"
    good: Rows = ()
    bad: Rows = ()
    beside: Rows = ()


#: Working days after the period's end within which a dataset is owed that says nothing else.
USUAL_DUE = 3


@dataclass(frozen=True, slots=True)
class Dataset:
    """The contract of one dataset: which kind of unit submits it, how often, with which columns.

    `unit` is a kind of unit (`schemas.units`), `key` the columns that identify a row, `rows` the expected
    (fewest, most) rows of a submission, `due` the deadline in working days after the period's end. `dated`
    is the column that says when what a row is about happened: those dates lie in the period. `closed` is the
    column that says when it was over: if that day lies in the period, what a row is about may be older.
    `hidden` says what to do with records in hidden or filtered rows and on hidden sheets: count them with a
    warning (`read`), leave them out with a warning (`refuse`), or hold the table until the unit decides
    (`ask`). `wide` are columns of which a form may have one for each period, side by side under headings
    such as "Tháng 1"; each period is then counted as if it had been handed in alone, with the other columns.

    `of_places` says that a row is about a thôn or the whole commune, never about a person, a household, a
    firm or a case: its open table has every row as it is. In all others the smallest group has
    `schemas.privacy.SMALLEST_GROUP` rows: `coarsen` names the columns that take their next coarser form, or
    disappear after the last one, in this order and only for rows whose group is too small. Without it the
    columns take turns, the last one first.
    """

    name: str
    title: str
    unit: str
    cadence: Cadence
    basis: Basis
    grain: str
    key: tuple[str, ...]
    rows: tuple[int, int]
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    cross: tuple[Cross, ...] = ()
    nil_allowed: bool = False
    totals: bool = False
    external: bool = False
    due: int = USUAL_DUE
    dated: str | None = None
    closed: str | None = None
    hidden: Hidden = "read"
    wide: tuple[str, ...] = ()
    of_places: bool = False
    coarsen: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Column:
        return next(c for c in self.columns if c.name == name)

    def __contains__(self, name: str) -> bool:
        return any(c.name == name for c in self.columns)

    @property
    def row_class(self) -> str:
        """Name of the published column with the row's class, different from the form's own columns."""
        return "_trang_thai" if "trang_thai" in self else "trang_thai"

    def blamed(self, rule: Rule | Cross) -> str:
        """The column at which a fault of `rule` is reported."""
        column = rule.code.partition(".")[0]
        return column if column in self else rule.on[0]
