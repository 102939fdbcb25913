"""Describes an indicator's figure in Vietnamese: the result, its parts, what is missing, how sure it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from flows import words
from flows.report import charts
from flows.report.names import Names
from flows.report.tables import Row

_NO_TARGET = "khong_co_muc_tieu"
_BEST_FIRST = ("dat", "dat_san", "chua_dat", "chua_du_can_cu")


def select_latest(indicators: pl.DataFrame, names: Names) -> list[Row]:
    """One row per indicator, of its latest period, in the order of the plan.

    `indicators` must hold one grouping and one key only. Each row gets `title`, `shown` (the value as
    text), the sentences `figures` and `doubts`, `history` (oldest first, each with `shown`), `line`
    (a chart), `trend` and `change`.
    """
    by_name: dict[str, list[Row]] = {}
    for row in indicators.iter_rows(named=True):
        by_name.setdefault(row["indicator"], []).append(row)
    ordered = sorted(by_name, key=names.place_in_plan)
    return [_add_history(names.indicator(name), names.counted(name), by_name[name]) for name in ordered]


def group_by_verdict(rows: Sequence[Row]) -> dict[str, Any]:
    """Group the rows of `select_latest` by verdict: a summary, counts, rows with a target, and the others."""
    by_state = {
        state: [row for row in rows if row["status"] == state]
        for state in words.INDICATOR_STATES
        if state != _NO_TARGET
    }
    return {
        "summary": _summary(by_state),
        "tally": [(state, len(by_state[state])) for state in _BEST_FIRST],
        "targeted": [(state, matching) for state, matching in by_state.items() if matching],
        "others": [row for row in rows if row["status"] not in by_state],
    }


def _summary(by_state: Mapping[str, list[Row]]) -> str:
    total = sum(map(len, by_state.values()))
    if not total:
        return "Chưa có chỉ tiêu nào có đặt mục tiêu được tính."
    parts = ", ".join(
        f"{len(by_state[state])} {words.word(state).lower()}" for state in _BEST_FIRST if by_state[state]
    )
    return f"Trong {total} chỉ tiêu kế hoạch có đặt mục tiêu: {parts}."


def _add_history(title: str, counted: str, rows: list[Row]) -> Row:
    history = [
        row | {"shown": show_value(row)}
        for row in sorted(rows, key=lambda each: words.period_order(each["period"]))
    ]
    last = history[-1]
    values = [row["value"] for row in history]
    return last | {
        "title": title,
        "figures": describe_figures(last, counted),
        "doubts": describe_doubts(last),
        "history": history,
        "line": charts.draw_line(values, last["muc_tieu"]),
        "trend": describe_trend(history),
        "change": describe_change(history),
    }


def is_count(row: Row) -> bool:
    """Whether the indicator is a plain count: no denominator and no target."""
    return row["mau_so"] is None and row["muc_tieu"] is None


def show_value(row: Row) -> str:
    """The value as text: a number for counts, else a percentage."""
    value = row["value"]
    if value is None:
        return "Chưa có"
    return words.number(value, 1) if is_count(row) else words.share(value)


def describe_trend(history: Sequence[Row]) -> str:
    """The chart of the history as a sentence, for screen readers."""
    known = [row for row in history if row["value"] is not None]
    if not known:
        return "Chưa có số liệu qua các kỳ."
    first, last = known[0], known[-1]
    return (
        f"Từ {first['shown']} ({words.period(first['period'])}) "
        f"đến {last['shown']} ({words.period(last['period'])})."
    )


def describe_change(history: Sequence[Row]) -> str:
    """The change from the previous known value to the last one; empty unless both are known."""
    known = [row for row in history if row["value"] is not None]
    if len(known) < 2 or known[-1] is not history[-1]:
        return ""
    before, last = known[-2:]
    by = last["value"] - before["value"]
    size = words.number(abs(by), 1) if is_count(last) else words.number(abs(by) * 100, 1)
    since = f"so với {words.period(before['period'])}"
    if size == "0":
        return f"Không đổi {since}"
    return f"{'Tăng' if by > 0 else 'Giảm'} {size}{'' if is_count(last) else ' điểm %'} {since}"


def describe_figures(row: Row, counted: str = "") -> list[str]:
    """Sentences: numerator and denominator, the target, and how much is missing to reach it.

    `counted` is the noun put after numbers, with a space before it (` hộ`), or empty.
    """
    return [
        sentence
        for sentence in (
            _describe_parts(row, counted),
            _describe_target(row),
            _describe_missing(row, counted),
        )
        if sentence
    ]


def describe_doubts(row: Row) -> list[str]:
    """Sentences: the bounds of the value, and why it is uncertain."""
    reason = row["reason"]
    why = [f"{reason.rstrip('.')}."] if reason else [_describe_completeness(row), _describe_left_out(row)]
    return [sentence for sentence in (_describe_bounds(row), *why) if sentence]


def _describe_parts(row: Row, counted: str) -> str | None:
    if row["tu_so"] is None:
        return None
    if row["mau_so"] is None:
        return None if is_count(row) else f"Tử số {words.number(row['tu_so'], 1)}{counted}, chưa có mẫu số."
    return f"{words.number(row['tu_so'], 1)} trên {words.number(row['mau_so'], 1)}{counted}."


def _describe_target(row: Row) -> str | None:
    if row["muc_tieu"] is None:
        return None
    floor = "" if row["san"] is None else f", mức sàn {words.share(row['san'])}"
    return f"Mục tiêu {words.share(row['muc_tieu'])}{floor}."


def _describe_missing(row: Row, counted: str) -> str | None:
    to_floor = words.missing_to(row["san"], row["tu_so"], row["mau_so"])
    to_target = words.missing_to(row["muc_tieu"], row["tu_so"], row["mau_so"])
    if row["status"] == "dat" or to_target is None:
        return None
    floor = "" if to_floor is None else f"{words.number(to_floor)} để đạt mức sàn, "
    return f"Còn thiếu {floor}{words.number(to_target)}{counted} để đạt mục tiêu."


def _describe_bounds(row: Row) -> str | None:
    low, high = row["low"], row["high"]
    if is_count(row) or low is None or high is None or low >= high:
        return None
    return f"Có thể từ {words.share(low)} đến {words.share(high)}."


def _describe_completeness(row: Row) -> str | None:
    known = row["completeness"]
    return None if known is None or known >= 1 else f"Mới có {words.share(known)} số báo cáo phải nộp."


def _describe_left_out(row: Row) -> str | None:
    left = row["quarantined_share"]
    return f"{words.share(left)} số dòng còn lỗi nên chưa tính." if left else None
