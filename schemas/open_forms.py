"""The forms in which contracts let open tables show a column: as it is, or coarser."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.contract import OpenForm

#: As it is published in `data/`.
KEPT = OpenForm("nguyen")
#: A date as its month (`2026-11`) or its year (`2026`).
MONTH, YEAR = OpenForm("thang"), OpenForm("nam")
#: A number of people or households in a table about places: blank where there are fewer than five.
COUNTED = OpenForm("dem")


def ages(*cuts: int) -> OpenForm:
    """A birth date as a band of the age reached in the year of the period; each band starts at a cut."""
    return OpenForm("tuoi", cuts)


def bands(*cuts: int) -> OpenForm:
    """A number as a band; each band but the lowest starts at a cut, the highest has no end."""
    return OpenForm("khoang", cuts)


def merged(names: Mapping[str, str]) -> OpenForm:
    """A choice with several values put together under one name; values without a name stay."""
    return OpenForm("gop", merged=names)


BY_FIVE_YEARS = ages(*range(5, 85, 5))
BY_TWENTY_YEARS = ages(20, 40, 60)
