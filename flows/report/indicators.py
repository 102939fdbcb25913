"""Puts an indicator's figure into words: the result, what it is made of, what is missing, what is unsure."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from flows.report import charts, words
from flows.report.names import Names
from flows.report.release import Row


def latest(indicators: pl.DataFrame, names: Names) -> list[Row]:
    """One row an indicator, of its latest period, with its history; in the order of the plan.

    `indicators` holds one grouping and one key only. Added: `title`, `shown`, the sentences `figures`
    and `doubts`, `history` (oldest first, rows with `shown`), `line`, `trend`.
    """
    by_name: dict[str, list[Row]] = {}
    for row in indicators.iter_rows(named=True):
        by_name.setdefault(row["indicator"], []).append(row)
    ordered = sorted(by_name, key=names.place_in_plan)
    return [_row(names.indicator(name), by_name[name]) for name in ordered]


def _row(title: str, rows: list[Row]) -> Row:
    history = [
        row | {"shown": shown(row)}
        for row in sorted(rows, key=lambda each: words.period_order(each["period"]))
    ]
    last = history[-1]
    values = [row["value"] for row in history]
    return last | {
        "title": title,
        "figures": figures(last),
        "doubts": doubts(last),
        "history": history,
        "line": charts.line(values, last["muc_tieu"]),
        "trend": trend(history),
    }


def is_count(row: Row) -> bool:
    """Whether the indicator counts things, so that there is nothing to divide by."""
    return row["mau_so"] is None and row["muc_tieu"] is None


def shown(row: Row) -> str:
    """The result as people read it."""
    value = row["value"]
    if value is None:
        return "Chưa có"
    return words.number(value, 1) if is_count(row) else words.share(value)


def trend(history: Sequence[Row]) -> str:
    """What a chart of the history shows, in a sentence for those who do not see it."""
    known = [row for row in history if row["value"] is not None]
    if not known:
        return "Chưa có số liệu qua các kỳ."
    first, last = known[0], known[-1]
    return (
        f"Từ {first['shown']} ({words.period(first['period'])}) "
        f"đến {last['shown']} ({words.period(last['period'])})."
    )


def figures(row: Row) -> list[str]:
    """What the result is made of, what is wanted and what it lacks, in sentences."""
    return [said for said in (_made_of(row), _wanted(row), _lacking(row)) if said]


def doubts(row: Row) -> list[str]:
    """How sure the result is and why it is not, in sentences."""
    reason = f"Lý do: {row['reason'].rstrip('.')}." if row["reason"] else None
    return [said for said in (_between(row), _incomplete(row), _left_out(row), reason) if said]


def _made_of(row: Row) -> str | None:
    if row["tu_so"] is None:
        return None
    if row["mau_so"] is None:
        return None if is_count(row) else f"Tử số {words.number(row['tu_so'], 1)}, chưa có mẫu số."
    return f"{words.number(row['tu_so'], 1)} trên {words.number(row['mau_so'], 1)}."


def _wanted(row: Row) -> str | None:
    if row["muc_tieu"] is None:
        return None
    floor = "" if row["san"] is None else f", mức sàn {words.share(row['san'])}"
    return f"Mục tiêu {words.share(row['muc_tieu'])}{floor}."


def _lacking(row: Row) -> str | None:
    to_floor = words.missing_to(row["san"], row["tu_so"], row["mau_so"])
    to_target = words.missing_to(row["muc_tieu"], row["tu_so"], row["mau_so"])
    if row["status"] == "dat" or to_target is None:
        return None
    floor = "" if to_floor is None else f"{words.number(to_floor)} để đạt mức sàn, "
    return f"Còn thiếu {floor}{words.number(to_target)} để đạt mục tiêu."


def _between(row: Row) -> str | None:
    low, high = row["low"], row["high"]
    if is_count(row) or low is None or high is None or low >= high:
        return None
    return f"Có thể từ {words.share(low)} đến {words.share(high)}."


def _incomplete(row: Row) -> str | None:
    known = row["completeness"]
    return None if known is None or known >= 1 else f"Mới có {words.share(known)} số báo cáo phải nộp."


def _left_out(row: Row) -> str | None:
    left = row["quarantined_share"]
    return f"{words.share(left)} số dòng còn lỗi nên chưa tính." if left else None
