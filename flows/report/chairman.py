"""Builds the chairman's page: targets met, missed or unknown, the ranking, and the units to remind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from flows import words
from flows.report import indicators
from flows.report.keeping_up import list_to_urge
from flows.report.page_data import PageData
from flows.report.tables import Row

_URGED = 6


def page_content(release: PageData) -> Mapping[str, Any]:
    """Everything that the template `index.html.j2` shows."""
    commune = release.tables.indicators.filter(pl.col("by") == "xa")
    rows = indicators.select_latest(commune, release.names)
    urged = list_to_urge(release.units)
    return {
        **indicators.group_by_verdict(rows),
        "trends": [row for row in rows if len(row["history"]) > 1],
        "ranking": _ranking(release),
        "roll": _describe_roll_call(release.tables.roll_call),
        "fault_sentence": _fault_sentence(release),
        "urged": urged[:_URGED],
        "more_urged": max(len(urged) - _URGED, 0),
    }


def _ranking(release: PageData) -> Mapping[str, Any]:
    table = release.tables.ranking
    periods = list_rankable(table)
    if not periods:
        return {"period": None, "before": None, "rows": [], "unranked": []}
    before = periods[-2] if len(periods) > 1 else None
    former = (
        dict(table.filter(pl.col("period") == before).select("thon", "rank").iter_rows()) if before else {}
    )
    now = table.filter(pl.col("period") == periods[-1]).sort("rank", "thon", nulls_last=True)
    rows = list(now.iter_rows(named=True))
    return {
        "period": periods[-1],
        "before": before,
        "rows": [_rank_row(release, row, former.get(row["thon"])) for row in rows if row["rank"] is not None],
        "unranked": [release.names.unit(row["thon"]) for row in rows if row["rank"] is None],
    }


def list_rankable(ranking: pl.DataFrame) -> list[str]:
    """Periods with a ranking, oldest first, without the last ones that have too few indicators.

    Datasets of a state (population, households) are due later than reports of the same month. So the
    latest period may have half of its indicators only, which would shuffle the ranking of the thôn.
    """
    sizes = ranking.group_by("period").agg(pl.col("computed_from").str.count_matches(",").max())
    many = dict(sizes.filter(pl.col("computed_from").is_not_null()).iter_rows())
    periods = sorted(many, key=words.period_order)
    while len(periods) > 1 and many[periods[-1]] < max(many[period] for period in periods[:-1]):
        periods.pop()
    return periods


def _rank_row(release: PageData, row: Row, former: int | None) -> Row:
    up = 0 if former is None else former - row["rank"]
    arrow = "" if not up else f"{'▲' if up > 0 else '▼'}{abs(up)}"
    score = None if row["score"] is None else row["score"] * 100
    return {
        "rank": row["rank"],
        "thon": row["thon"],
        "title": release.names.place(row["thon"])[0],
        "note": release.names.place(row["thon"])[1],
        "score": words.number(score, 1, fixed=True),
        "move": arrow,
    }


def _describe_roll_call(roll_call: pl.DataFrame) -> str:
    """One sentence on the submissions that were due last; empty before the first due date."""
    due = filter_latest_due(roll_call)
    if due.is_empty():
        return ""
    counts = dict(due["state"].value_counts().iter_rows())
    parts = ", ".join(
        f"{words.number(counts[state])} {words.word(state).lower()}"
        for state in words.ROLL_CALL_STATES
        if state in counts
    )
    return f"Ở kỳ gần nhất đã đến hạn, trong {words.number(due.height)} báo cáo phải nộp: {parts}."


def filter_latest_due(roll_call: pl.DataFrame) -> pl.DataFrame:
    """For every dataset, the rows of the roll call of its latest period that is already due."""
    due = roll_call.filter(pl.col("state") != "chua_den_han")
    return due.filter(pl.col("due") == pl.col("due").max().over("dataset"))


def _fault_sentence(release: PageData) -> str:
    standing = release.standing
    if standing.is_empty():
        return "Không còn lỗi nào phải sửa."
    blocking = standing.filter(pl.col("severity") == "chan").height
    return (
        f"{words.number(standing.height)} lỗi: {words.number(blocking)} lỗi chặn "
        "(dòng chưa được tính cho đến khi sửa) "
        f"và {words.number(standing.height - blocking)} cảnh báo."
    )
