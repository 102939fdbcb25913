"""Says how the open tables show each column, and in which order columns get coarser where groups are small.

An open table is for anybody, `data/` is not. Every one of its columns counts as something that others may
know of a person: no combination of their values stands for fewer than `SMALLEST_GROUP` people. So each row is
shown in the finest forms in which enough are alike, all rows of one group in the same; rows that are alone in
the coarsest forms too are left out and counted. Identifiers, names and free text are never shown.

The promise is each table's own: it does not hold for several tables, or periods, put side by side.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import polars as pl

from schemas.contract import Column, Dataset, OpenForm
from schemas.judgement import may_be_open
from schemas.kinds import CO_KHONG, THON
from schemas.open_forms import BY_FIVE_YEARS, BY_TWENTY_YEARS, COUNTED, KEPT, MONTH, YEAR, bands
from schemas.privacy import SMALLEST_GROUP
from schemas.tables import RECORD_FIELDS, PublishedColumn
from schemas.units import Commune

#: Stands for a value that is not shown in this row; a blank cell is one that was left blank.
HIDDEN = "*"
#: Where the file of an open table says how many records it does not show.
LEFT_OUT = "left_out"
#: The unit that handed in, where a dataset comes from many: often the thôn.
UNIT = "_unit"
YES_OR_NO = {True: "Có", False: "Không"}
#: Kinds of unit of which there are many.
_MANY = ("thon", "vien_thong")

_COUNTS = (bands(1, 5, 10, 50, 100, 500), bands(10, 100))
_AMOUNTS = (bands(1, 10, 50, 100, 500, 1_000, 10_000), bands(10, 100, 1_000))
#: The forms of a column that declares none, by its kind; of other kinds nothing is shown.
USUAL: Mapping[str, tuple[OpenForm, ...]] = {
    "ngay_sinh": (BY_FIVE_YEARS, BY_TWENTY_YEARS),
    "ngay": (MONTH, YEAR),
    "lua_chon": (KEPT,),
    "co_khong": (KEPT,),
    "thon": (KEPT,),
    "nam": (KEPT,),
    "so_luong": _COUNTS,
    "so_thuc": _AMOUNTS,
    "so_tien": _AMOUNTS,
    "ty_le": (bands(10, 25, 50, 75, 90), bands(50)),
}
_OF_PLACES = {"so_luong": (KEPT,), "so_thuc": (KEPT,), "so_tien": (KEPT,), "ty_le": (KEPT,)}
_SAYS = {
    "nguyen": "giữ nguyên",
    "tuoi": "nhóm tuổi, tính theo năm của kỳ",
    "thang": "tháng",
    "nam": "năm",
    "khoang": "khoảng",
    "gop": "gộp",
    "dem": f"trống khi dưới {SMALLEST_GROUP}",
}


def forms_of(column: Column, dataset: Dataset) -> tuple[OpenForm, ...]:
    """The forms of a column in the dataset's open table, the finest first; none if it is not shown."""
    if column.opened is not None:
        return column.opened
    if column.personal in ("direct", "sensitive"):
        return ()
    usual = {**USUAL, **(_OF_PLACES if dataset.of_places else {})}
    return usual.get(column.kind.name, ())


def describe_forms(forms: tuple[OpenForm, ...]) -> str:
    """The forms in Vietnamese words."""
    return ", rồi ".join(dict.fromkeys(_SAYS[form.how] for form in forms)) or "không có"


def open_grain(dataset: Dataset) -> str:
    """What a row of the open table is, in Vietnamese."""
    if dataset.of_places:
        return f"{dataset.grain}; không có lời văn, số người hay hộ dưới {SMALLEST_GROUP} thì để trống"
    return (
        f"{dataset.grain}, mọi cột làm thô cho đến khi có từ {SMALLEST_GROUP} dòng giống hệt nhau; "
        f"{HIDDEN} là không cho xem"
    )


def shown(dataset: Dataset) -> dict[str, tuple[OpenForm, ...]]:
    """The forms of every column of the open table, in its order."""
    unit = {UNIT: (KEPT,)} if dataset.unit in _MANY else {}
    own = {column.name: forms_of(column, dataset) for column in dataset.columns}
    return {name: forms for name, forms in own.items() if forms} | unit


def subject_of(dataset: Dataset) -> str | None:
    """The column that says whom a row is about, where one person may have several rows; else None.

    A group then counts its people, not its rows; rows without a name or number are taken to be of one.
    """
    if any(dataset[name].personal for name in dataset.key):
        return None
    return next((column.name for column in dataset.columns if column.personal == "direct"), None)


def steps_of(dataset: Dataset) -> tuple[str, ...]:
    """The column that gets coarser at each step; at least one is always shown.

    Raises:
        ValueError: the declared steps name a column that is not shown, name one too often or hide all.
    """
    ladders = shown(dataset)
    steps = dataset.coarsen or tuple(_take_turns(ladders))
    taken = Counter(steps)
    hidden = [name for name, forms in ladders.items() if taken[name] == len(forms)]
    if (
        not taken.keys() <= ladders.keys()
        or any(taken[name] > len(forms) for name, forms in ladders.items())
        or (ladders and len(hidden) == len(ladders))
    ):
        raise ValueError(f"{dataset.name}: coarsen does not fit the columns of its open table")
    return steps


def _take_turns(ladders: Mapping[str, tuple[OpenForm, ...]]) -> Iterator[str]:
    names = [*reversed([*ladders])]
    for form in range(1, max(map(len, ladders.values()), default=0)):
        yield from (name for name in names if form < len(ladders[name]))
    yield from names[:-1]


def labels_of(form: OpenForm, column: Column) -> dict[Any, str] | None:
    """What stands for each value of a column, of bands by their number from 0; None if it may be any."""
    match form.how:
        case "tuoi" | "khoang":
            whole = form.how == "tuoi" or column.kind.dtype == pl.Int64
            return dict(enumerate(_bands(form.cuts, whole=whole)))
        case "nguyen" | "gop" if column.of:
            return {value: form.merged.get(value, value) for value in column.of}
        case "nguyen" if column.kind is CO_KHONG:
            return dict(YES_OR_NO)
        case _:
            return None


def _bands(cuts: tuple[int, ...], *, whole: bool) -> Iterator[str]:
    for first, after in pairwise((0, *cuts)):
        if whole:
            yield f"{first}" if after == first + 1 else f"{first}–{after - 1}"
        else:
            yield f"{first} đến dưới {after}" if first else f"dưới {after}"
    yield f"từ {cuts[-1]}"


def coarser(fine: OpenForm, coarse: OpenForm, column: Column) -> dict[str, str] | None:
    """What a text of the form `fine` becomes in the form `coarse`; None for dates, told by their digits.

    Raises:
        ValueError: one text would become two, or one that stays would mean something else.
    """
    if (fine, coarse) == (MONTH, YEAR):
        return None
    was, now = labels_of(fine, column), labels_of(coarse, column)
    if was is None or now is None:
        raise ValueError(f"{column.name}: no way from {fine.how} to {coarse.how}")
    if fine.cuts:
        starts = enumerate((0, *fine.cuts))
        now = {band: now[sum(start >= cut for cut in coarse.cuts)] for band, start in starts}
    before, after = _values_by_text(was), _values_by_text(now)
    nested = all(any(values <= whole for whole in after.values()) for values in before.values())
    fewer = len(after) < len(before) and {*coarse.cuts} <= {*fine.cuts}
    if not (nested and fewer) or any(before.get(text, values) != values for text, values in after.items()):
        raise ValueError(f"{column.name}: {fine.how} is not finer than {coarse.how}")
    return {was[value]: now[value] for value in was}


def _values_by_text(labels: Mapping[Any, str]) -> dict[str, set[Any]]:
    found: dict[str, set[Any]] = {}
    for value, text in labels.items():
        found.setdefault(text, set()).add(value)
    return found


def open_columns(dataset: Dataset, commune: Commune | None = None) -> dict[str, PublishedColumn]:
    """The columns of a dataset's open table.

    Args:
        dataset: The dataset.
        commune: The commune whose table it is; without it a thôn may be any.
    """
    return {name: _open_column(name, forms, dataset, commune) for name, forms in shown(dataset).items()}


def _open_column(
    name: str, forms: tuple[OpenForm, ...], dataset: Dataset, commune: Commune | None
) -> PublishedColumn:
    hidden = {} if dataset.of_places else {HIDDEN: HIDDEN}
    if name == UNIT:
        return PublishedColumn(pl.String, RECORD_FIELDS[UNIT].says)
    column = dataset[name]
    required = column.required and not may_be_open(column, dataset) and forms != (COUNTED,)
    says = f"{column.label} ({describe_forms(forms)})"
    if forms[0].how in ("thang", "nam"):
        pattern = "|".join([r"\d{4}(-\d{2})?", *(re.escape(each) for each in hidden)])
        return PublishedColumn(pl.String, says, required=required, pattern=pattern)
    if dataset.of_places:
        return PublishedColumn(column.kind.dtype, says, required=required)
    texts = {text: text for form in forms for text in (labels_of(form, column) or {}).values()}
    if column.kind is THON and commune:
        texts = {place.code: place.name for place in commune.thon}
    return PublishedColumn(pl.String, says, texts and texts | hidden, required=required)
