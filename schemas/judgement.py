"""Everything a dataset is judged by, as one flat list: flaws of its kinds of column, its key, its rules."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from schemas.contract import Column, Cross, Dataset, Dimension, Rule, Severity, typed_column
from schemas.kinds.base import Flaw, range_of
from schemas.kinds.words import BLANK_COLUMN, CO_KHONG
from schemas.rules import ask_for_day

REPEATED = "khoa.trung_y_het"
CLASHING = "khoa.trung"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One check of a dataset: at which column it stands, what it says, when a row fails it."""

    code: str
    column: str
    on: tuple[str, ...]
    dimension: Dimension
    severity: Severity
    says: str
    fails_when: pl.Expr
    note: pl.Expr | None = None


def judgements_of(dataset: Dataset) -> tuple[Judgement, ...]:
    """The judgements of a dataset: by column, then of its key, then its rules."""
    flaws = (_of_flaw(column, flaw) for column in dataset.columns for flaw in flaws_of(column, dataset))
    rules = (
        Judgement(r.code, dataset.blamed(r), r.on, r.dimension, r.severity, r.says, r.fails_when, r.note)
        for r in rules_of(dataset)
    )
    return (*flaws, *_of_key(dataset), *rules)


def rules_of(dataset: Dataset) -> tuple[Rule, ...]:
    """The rules of a dataset: its own, and the one that every dataset with dates in its period has."""
    own = {rule.code for rule in dataset.rules}
    dated = () if dataset.dated is None else (outside_period(dataset[dataset.dated], dataset.closed),)
    return (*dataset.rules, *(rule for rule in dated if rule.code not in own))


def outside_period(dated: Column, closed: str | None) -> Rule:
    """The rule that the dates of a column lie in the period, or before it if `closed` lies in it.

    Dates after the day of submission have a fault of their own. The examples are of November 2026, which for
    most datasets runs from 15 October on (Nghị định 09/2019/NĐ-CP art. 12).
    """
    day, start, end = pl.col(dated.name), pl.col("_period_start"), pl.col("_period_end")
    outside = ~day.is_between(start, end) & (day <= pl.col("_judged_on"))
    if closed is not None:
        outside &= ~((day < start) & pl.col(closed).is_between(start, end).fill_null(value=False))
    return Rule(
        f"{dated.name}.ngoai_ky",
        on=(dated.name,) if closed is None else (dated.name, closed),
        dimension="song",
        severity="canh_bao",
        says=f"{dated.label.replace(' > ', ', ')} nằm ngoài kỳ báo cáo.",
        fails_when=outside,
        note=ask_for_day(dated.name),
        good=({dated.name: "03/11/2026"},),
        bad=({dated.name: "11/03/2026"},),
    )


def flaws_of(column: Column, dataset: Dataset) -> tuple[Flaw, ...]:
    """Every flaw that a cell of `column` can have in `dataset`."""
    flaws = column.kind.flaws(column)
    return flaws if may_be_open(column, dataset) else tuple(f for f in flaws if f is not BLANK_COLUMN)


def may_be_open(column: Column, dataset: Dataset) -> bool:
    """Whether a published record may lack the answer of `column` even if it is required (`BLANK_COLUMN`)."""
    return column.kind is CO_KHONG and any(
        other.kind is CO_KHONG and other is not column for other in dataset.columns
    )


def crossing(dataset: Dataset, cross: Cross, *, not_judged: pl.Expr) -> Judgement:
    """The judgement that a cross rule passes on the rows of `dataset`, but for those `not_judged`."""
    fails = pl.when(~not_judged).then(cross.fails_when)
    return Judgement(
        cross.code,
        dataset.blamed(cross),
        cross.on,
        cross.dimension,
        cross.severity,
        cross.says,
        fails,
        cross.note,
    )


def _of_flaw(column: Column, flaw: Flaw) -> Judgement:
    return Judgement(
        f"{column.name}.{flaw.name}",
        column.name,
        (column.name,),
        flaw.dimension,
        flaw.severity or ("chan" if column.required else "canh_bao"),
        _sentence(flaw.says, column),
        flaw.fails_when(column),
        flaw.note(column) if flaw.note else None,
    )


def _sentence(says: str, column: Column) -> str:
    low, high = range_of(column)
    example = column.example or column.kind.example
    return says.format(
        label=column.label.replace(" > ", ", "),
        form=column.kind.form.format(example=example),
        example=example,
        span=f"từ {_number(low)} trở lên" if high is None else f"từ {_number(low)} đến {_number(high)}",
        choices="Chọn một trong: " + ", ".join(column.of) if 0 < len(column.of) <= 15 else column.kind.form,
    )


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", ".")


def _of_key(dataset: Dataset) -> tuple[Judgement, ...]:
    """Rows equal in every column but the first such row, and, when those are gone, rows of one key."""
    key = ["_part", *dataset.key]
    labels = ", ".join(f"“{dataset[name].label}”" for name in dataset.key)
    known = pl.all_horizontal(pl.col(*dataset.key).is_not_null())
    return (
        Judgement(
            REPEATED,
            dataset.key[0],
            dataset.key,
            "sach",
            "canh_bao",
            "Dòng này giống hệt một dòng phía trên: chỉ dòng trên được tính.",
            ~pl.struct("_part", *_content(dataset)).is_first_distinct(),
        ),
        Judgement(
            CLASHING,
            dataset.key[0],
            dataset.key,
            "sach",
            "chan",
            f"Trùng {labels} với dòng khác nhưng nội dung khác nhau.",
            known & pl.struct(key).is_duplicated(),
        ),
    )


def may_share_key(dataset: Dataset) -> pl.Expr:
    """Whether a row may share its key with another of its submission: only such rows can break its rule."""
    key = (said for said in _content(dataset) if said.meta.output_name() in dataset.key)
    return pl.struct("_part", *key).hash().is_duplicated()


def _content(dataset: Dataset) -> list[pl.Expr]:
    return [
        pl.coalesce(pl.col(column.name).cast(pl.String), pl.col(typed_column(column.name))).alias(column.name)
        for column in dataset.columns
    ]
