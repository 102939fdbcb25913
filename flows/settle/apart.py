"""Tells of columns that were sorted without their rows: values stand at other keys than before."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from flows.clean.text import fold
from flows.intake.model import SubmissionPart
from flows.read.table import Problem
from schemas.contract import Column, Dataset
from schemas.kinds import DIEN_THOAI, HO_TEN, NGAY_SINH, SO_DINH_DANH, VAN_BAN
from schemas.rules import CHU_HO

# Columns in which nearly each record has a value of its own.
_OWN = (HO_TEN, DIEN_THOAI, NGAY_SINH, SO_DINH_DANH, VAN_BAN)
_SHARE_OF_ITS_OWN = 0.5
# So many values, and such shares of the records and of all that changed, do not move by chance.
_FEWEST, _SHARE_OF_RECORDS, _SHARE_OF_CHANGED = 3, 0.2, 0.6


def tell_sorted_apart(
    was: SubmissionPart, now: SubmissionPart, former: str, dataset: Dataset
) -> Problem | None:
    """A warning `tep.doi_cho` if many values of a column now stand at the key of another record.

    None if somebody said what the submission is.

    Args:
        was: What `now` is compared with.
        now: The part of a submission.
        former: A name for `was`.
        dataset: The contract.
    """
    if now.meant is not None or now.nil:
        return None
    key = list(dataset.key)
    one, two = (part.frame.drop_nulls(key).unique(key, maintain_order=True) for part in (was, now))
    both = two.join(one, on=key, how="inner", suffix="_was")
    moved = {
        column.label: count
        for column in dataset.columns
        if column.kind in _OWN and column.name not in key and (count := _count_moved(one, both, column))
    }
    return _describe(now, moved, both.height, former) if moved else None


def find_register(dataset: Dataset, datasets: Mapping[str, Dataset]) -> Dataset | None:
    """The register of persons that a list of households is judged by; None if `dataset` is no such list."""
    own = _find_name(dataset)
    names = {rule.tied.to for rule in dataset.cross if own and (rule.tied.by,) == dataset.key}
    found = (datasets[name] for name in sorted(names))
    return next((each for each in found if _find_relation(each) and _find_name(each)), None)


def tell_apart_from_register(
    now: SubmissionPart, heads: pl.DataFrame, dataset: Dataset, persons: Dataset
) -> Problem | None:
    """A warning `tep.doi_cho` if many households have the head of another one, as the register knows them.

    None if somebody said what the submission is.

    Args:
        now: The part of a submission of households.
        heads: The heads of households that the register has for its period (`list_heads`).
        dataset: The contract of the households, whose key the register has too.
        persons: The contract of the register.
    """
    name, own, key = _find_name(persons), _find_name(dataset), dataset.key[0]
    if now.meant is not None or now.nil or name is None or own is None:
        return None
    known = _list_names(heads, key, name).rename({name.name: own.name})
    both = _list_names(now.frame, key, own).join(known, on=key, how="inner", suffix="_was")
    moved = _count_moved(known, both, own)
    return _describe(now, {own.label: moved}, both.height, f"“{persons.title}”") if moved else None


def list_heads(register: pl.DataFrame, persons: Dataset) -> pl.DataFrame:
    """The records of a register that are of heads of households."""
    relation = _find_relation(persons)
    return register.clear() if relation is None else register.filter(pl.col(relation.name) == CHU_HO)


def _find_name(dataset: Dataset) -> Column | None:
    return next((column for column in dataset.columns if column.kind is HO_TEN), None)


def _find_relation(dataset: Dataset) -> Column | None:
    return next((column for column in dataset.columns if CHU_HO in column.of), None)


def _list_names(rows: pl.DataFrame, key: str, name: Column) -> pl.DataFrame:
    """The name of each household that has only one row."""
    return rows.select(key, fold(pl.col(name.name))).drop_nulls().unique(key, keep="none")


def _describe(part: SubmissionPart, moved: Mapping[str, int], of: int, former: str) -> Problem:
    columns = ", ".join(f"“{label}”" for label in moved)
    return Problem(
        "tep.doi_cho",
        "dung",
        "canh_bao",
        f"So với {former}, {max(moved.values())} trong {of} bản ghi có ở ô {columns} giá trị của một bản ghi"
        " khác: cột đó có thể đã được sắp xếp riêng, lệch khỏi các cột khác. So lại với bản gốc, nếu lệch thì"
        " sửa rồi nộp lại; nếu lần trước mới lệch thì không phải làm gì.",
        dataset=part.dataset,
        periods=(part.period.label,),
        period_named=True,
    )


def _count_moved(one: pl.DataFrame, both: pl.DataFrame, column: Column) -> int:
    """The number of records whose value is that of another record before; 0 if they may be so by chance."""
    name = column.name
    if name not in both.columns or one[name].drop_nulls().n_unique() < _SHARE_OF_ITS_OWN * one.height:
        return 0
    value, before = pl.col(name), pl.col(f"{name}_was")
    changed = both.filter(value != before)
    moved = changed.filter(value.is_in(one[name].drop_nulls().implode())).height
    enough = moved >= max(_FEWEST, _SHARE_OF_RECORDS * both.height)
    return moved if enough and moved >= _SHARE_OF_CHANGED * changed.height else 0
