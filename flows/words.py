"""Formats numbers, dates, periods and enumerated values for Vietnamese readers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from math import ceil

from flows.clean.changes import CHANGES
from schemas.contract import DIMENSIONS, SEVERITIES, Basis, Cadence
from schemas.tables import INDICATORS, ISSUES, ROLL_CALL, SUBMISSIONS

NOTHING = "–"

INDICATOR_STATES = INDICATORS.fields["status"].of
ROLL_CALL_STATES = ROLL_CALL.fields["state"].of
SUBMISSION_STATES = SUBMISSIONS.fields["state"].of
ISSUE_STATES = ISSUES.fields["state"].of
#: Vietnamese text of every enumerated value in the release's tables.
WORDS: Mapping[str, str] = {
    **INDICATOR_STATES,
    **ROLL_CALL_STATES,
    **SUBMISSION_STATES,
    **ISSUE_STATES,
    **{str(name): title for name, title in DIMENSIONS.items()},
    **{str(name): title for name, title in SEVERITIES.items()},
    **CHANGES,
}
CADENCES: Mapping[Cadence, str] = {"thang": "hằng tháng", "quy": "hằng quý", "nam": "hằng năm"}
BASES: Mapping[Basis, str] = {
    "nd09": "từ ngày 15 tháng trước đến ngày 14 (Nghị định 09/2019/NĐ-CP)",
    "calendar": "theo lịch",
    "point_in_time": "tình trạng vào ngày cuối kỳ",
}
_QUARTERS: Mapping[str, str] = {"Q1": "I", "Q2": "II", "Q3": "III", "Q4": "IV"}


def number(value: float | None, decimals: int = 0, *, fixed: bool = False) -> str:
    """`1234.5` as `1.234,5`; at most `decimals` digits after the comma, zeros at the end only if `fixed`."""
    if value is None:
        return NOTHING
    text = f"{value:,.{decimals}f}"
    if "." in text and not fixed:
        text = text.rstrip("0").rstrip(".")
    return ("0" if text == "-0" else text).translate(str.maketrans(",.", ".,"))


def share(value: float | None, *, fixed: bool = False) -> str:
    """A share 0..1 as per cent with one decimal; only 1 gives 100%, only 0 gives 0%."""
    if value is None:
        return NOTHING
    if 0.9995 <= value < 1:
        value = 0.999
    elif 0 < value < 0.0005:
        value = 0.001
    return number(value * 100, 1, fixed=fixed) + "%"


def day(value: date | None) -> str:
    """`24/11/2026`."""
    return NOTHING if value is None else f"{value:%d/%m/%Y}"


def moment(value: str | None) -> str:
    """An ISO day and time as `24/11/2026 08:05`."""
    return NOTHING if value is None else f"{datetime.fromisoformat(value):%d/%m/%Y %H:%M}"


def period(label: str | None) -> str:
    """`2026-11` as `tháng 11/2026`, `2026-Q4` as `quý IV/2026`, `2026` as `năm 2026`."""
    if not label:
        return NOTHING
    year, _, part = label.partition("-")
    if not part:
        return f"năm {year}"
    return f"quý {_QUARTERS[part]}/{year}" if part in _QUARTERS else f"tháng {part}/{year}"


def short_period(label: str) -> str:
    """`11/2026`, `IV/2026`, `2026`: for axes and narrow columns."""
    return period(label).partition(" ")[2]


def last_month(label: str) -> str:
    """The label of the month in which a period of any cadence ends."""
    year, _, part = label.partition("-")
    if not part:
        return f"{year}-12"
    return f"{year}-{3 * int(part[1:]):02}" if part.startswith("Q") else label


def period_order(label: str) -> tuple[str, str]:
    """Sort key of a label of any cadence: the month in which it ends."""
    return last_month(label), label


def word(value: str | None) -> str:
    """The Vietnamese text of an enumerated value; the value itself if it is unknown."""
    return NOTHING if value is None else WORDS.get(value, value)


def missing_to(target: float | None, numerator: float | None, denominator: float | None) -> float | None:
    """How much the numerator lacks to reach `target`; None if it is reached or anything is unknown."""
    if target is None or numerator is None or not denominator:
        return None
    lacking = ceil(round(target * denominator - numerator, 6))
    return lacking if lacking > 0 else None
