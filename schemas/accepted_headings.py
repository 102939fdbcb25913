"""Reads `ten_cot.csv`: headings that somebody accepted for one unit, each for one column of a dataset.

A root may have the file `schemas/ten_cot.csv` with the columns `unit`, `dataset`, `heading`, `column`,
`accepted_on` (yyyy-mm-dd) and `by`. Levels of a heading are joined by ` > `, as the fault of the unknown
heading shows them. A line that nobody has signed, or that names something unknown, is an error.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from datetime import date

from schemas.contract import Column, Dataset
from schemas.declared import DeclarationError, lines

FILE = "schemas/ten_cot.csv"
COLUMNS = ("unit", "dataset", "heading", "column", "accepted_on", "by")


@dataclass(frozen=True, slots=True)
class AcceptedHeading:
    """A heading of `unit` that means `column` of `dataset`; `by` accepted it on `accepted_on`."""

    unit: str
    dataset: str
    heading: str
    column: str
    accepted_on: date
    by: str


def read_accepted_headings(
    content: bytes, datasets: Mapping[str, Dataset], units: Set[str]
) -> tuple[AcceptedHeading, ...]:
    """The headings in the content of a `ten_cot.csv`.

    Raises:
        DeclarationError: a line is not dated or signed, has an unknown name, or a heading that another line
            or the contract gives to another column.
    """
    return tuple(_read(content, datasets, units))


def _read(content: bytes, datasets: Mapping[str, Dataset], units: Set[str]) -> Iterator[AcceptedHeading]:
    taken: dict[tuple[str, str, str], str] = {}
    for where, values in lines(FILE, content, COLUMNS):
        if empty := [name for name in COLUMNS if not values[name]]:
            raise DeclarationError(f"{where}: để trống {', '.join(empty)}.")
        dataset = datasets.get(values["dataset"])
        if values["unit"] not in units:
            raise DeclarationError(f"{where}: không có đơn vị “{values['unit']}”.")
        if dataset is None or values["column"] not in dataset:
            raise DeclarationError(f"{where}: không có cột “{values['dataset']}.{values['column']}”.")
        try:
            accepted_on = date.fromisoformat(values["accepted_on"])
        except ValueError:
            raise DeclarationError(f"{where}: accepted_on phải là ngày, ví dụ 2026-11-30.") from None
        heading = _fold(values["heading"])
        owner = _find_owner(heading, dataset)
        place = values["unit"], dataset.name, heading
        owner = taken.setdefault(place, owner or values["column"])
        if owner != values["column"]:
            raise DeclarationError(
                f"{where}: “{values['heading']}” đã là đầu cột của “{dataset[owner].label}”."
            )
        yield AcceptedHeading(**{**values, "accepted_on": accepted_on})  # type: ignore[arg-type]


def _find_owner(heading: str, dataset: Dataset) -> str | None:
    """The column that the contract names by `heading`; None if it names none so."""
    owners = (c.name for c in dataset.columns for label in (c.label, *c.also) if _fold(label) == heading)
    return next(owners, None)


def _fold(heading: str) -> str:
    return " ".join(unicodedata.normalize("NFC", heading).casefold().split())


def accept_headings(
    datasets: Mapping[str, Dataset], accepted: tuple[AcceptedHeading, ...], unit: str
) -> Mapping[str, Dataset]:
    """`datasets` as the forms of `unit` may name their columns; the same object if nothing was accepted."""
    found: dict[tuple[str, str], list[str]] = {}
    for each in accepted:
        if each.unit == unit:
            found.setdefault((each.dataset, each.column), []).append(each.heading)
    if not found:
        return datasets

    def extend(dataset: Dataset, column: Column) -> Column:
        return replace(column, accepted=tuple(found.get((dataset.name, column.name), ())))

    touched = {dataset for dataset, _ in found}
    return {
        name: replace(each, columns=tuple(extend(each, column) for column in each.columns))
        if name in touched
        else each
        for name, each in datasets.items()
    }
