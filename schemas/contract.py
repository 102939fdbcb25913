"""The words in which a dataset is declared: column, rule, dataset."""

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
Personal = Literal["direct", "quasi", "sensitive"]

DIMENSIONS: Mapping[Dimension, str] = {"dung": "Đúng", "du": "Đủ", "sach": "Sạch", "song": "Sống"}
SEVERITIES: Mapping[Severity, str] = {"chan": "Chặn", "canh_bao": "Cảnh báo"}
#: The class of a judged row (`_class`): no fault, warnings only, a blocking fault.
GOOD, WARNED, HELD_BACK = "dat", "can_bo_sung", "khong_su_dung"
ROW_CLASS = pl.Enum([GOOD, WARNED, HELD_BACK])
QUARANTINED = pl.col("_class") == HELD_BACK


def typed_column(column: str) -> str:
    """Name of the column that keeps what was typed in `column`, as text."""
    return f"{column}.typed"


def stored_column(column: str) -> str:
    """Name of the column that says how the cell was stored (see `flows.read.table.CellType`)."""
    return f"{column}.stored"


def unread_column(column: str) -> str:
    """Name of the column that says how reading went: null when read, else one of `UNREAD`."""
    return f"{column}.unread"


#: Why a cell was not read as its kind, or not without doubt: names of flaws of kinds.
UNREAD = pl.Enum(
    [
        "thieu",
        "khong_doc_duoc",
        "loi_cong_thuc",
        "cong_thuc_chua_tinh",
        "sai_mau",
        "la_cmnd",
        "mat_so_0",
        "hai_so",
        "ngoai_danh_muc",
        "khong_ro",
    ]
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a unit's form.

    `name` is the column in Parquet, `label` the heading on the form (levels joined by ` > `),
    `also` other headings seen for it, `of` the accepted values of a code list, `codes` official
    digits for them, `range` inclusive bounds, `unit` the unit of a money amount, `may_be_future`
    marks a promised day.
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


#: Rows of an example, as a clerk types them: what stands in the columns that matter; the others are good.
Rows = tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One sentence about a row that must not be true.

    `fails_when` is a polars expression over the dataset's typed columns and the context columns
    `_judged_on` (Date, the day on which the hand-in is judged), `_period_start`, `_period_end` (Date, first
    and last day of its period) and `_part` (one hand-in's table). Null means "cannot tell" and is
    no fault. The fault stands at the column named before the dot of `code`, or at `on[0]`. `note`, an
    expression over the rows that fail, adds a sentence to `says`. None of the rows of `good` fails; the
    last of `bad` does.
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
    """What ties rows to the rows of another dataset for the same period.

    Tied are rows with the same value in the column `by`; where `place` names a column of the other
    dataset, only those that stand at the unit that handed in. `brings` are aggregates over the tied
    rows, seen by rules as `<to>.<name>`. Quarantined rows are tied too: they have `_class`.
    """

    to: str
    by: str
    place: str | None = None
    brings: Mapping[str, pl.Expr] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cross:
    """A rule that needs another dataset; judged when all hand-ins of a period are known.

    `fails_when` sees what a `Rule`'s does, what `tied` brings, `_co` (whether any row is tied) and
    `_khong_ro` (rows of the other dataset at this place whose `by` could not be read). At `level`
    "tep" it is turned round: asked of every tied group of the other dataset, `_co` says whether the
    hand-in has it, and a hand-in has one fault; its `note` sees `_thieu` (how many failed for sure) and
    `_phai_co` (of how many). What one unit wrote never keeps another's rows back: `severity` is a warning.
    Examples have rows of the other dataset in `beside`; at level "tep" the hand-in fails as a whole.
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


@dataclass(frozen=True, slots=True)
class Dataset:
    """The contract of one dataset: which kind of unit hands it in, how often, with which columns.

    `unit` is a kind of unit (`schemas.units`), `key` what no two rows may share, `rows` the
    number of rows a hand-in is expected to have, `due` working days after the period's end.
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
    due: int = 3

    def __getitem__(self, name: str) -> Column:
        return next(c for c in self.columns if c.name == name)

    def __contains__(self, name: str) -> bool:
        return any(c.name == name for c in self.columns)

    @property
    def row_class(self) -> str:
        """Name of the published column with the row's class, out of the way of the form's own."""
        return "_trang_thai" if "trang_thai" in self else "trang_thai"

    def blamed(self, rule: Rule | Cross) -> str:
        """The column at whose cell a fault of `rule` stands."""
        column = rule.code.partition(".")[0]
        return column if column in self else rule.on[0]
