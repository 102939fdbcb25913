"""Writes the chairman's week in three sentences: targets met, targets missed, and what nobody can tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flows import words
from flows.notify.parts import Part
from flows.notify.told import ToldBefore, make_key
from flows.notify.view import ReleaseView
from flows.report.indicators import select_latest
from flows.report.tables import Row
from schemas.notices import LISTED, NoticeTimes

_MET, _MISSED, _UNKNOWN = ("dat", "dat_san"), ("chua_dat",), ("chua_du_can_cu",)


def write_week(view: ReleaseView, told: ToldBefore, times: NoticeTimes) -> Part | None:
    """The page of the week, once a week from its day on; None on other days."""
    key = make_key("tuan", *view.as_of.isocalendar()[:2])
    if view.as_of.weekday() < times.weekly or key in told.keys:
        return None
    rows = select_latest(view.indicators.filter(by="xa"), view.names)
    total = sum(row["status"] in (*_MET, *_MISSED, *_UNKNOWN) for row in rows)
    title = f"Tuần của xã, tính đến ngày {words.day(view.as_of)}:"
    if not total:
        return Part(title, "tuần của xã", ["", "Chưa có chỉ tiêu nào có đặt mục tiêu được tính."], [key])
    met, missed, unknown = (_pick(rows, states) for states in (_MET, _MISSED, _UNKNOWN))
    sentences = [
        _sentence(f"Đạt {len(met)} trong {total} chỉ tiêu có đặt mục tiêu", met, _name_met),
        _sentence(f"Chưa đạt {len(missed)}", missed, _name_missed),
        _sentence(f"Chưa đủ căn cứ để nói về {len(unknown)}", unknown, _name_unknown),
    ]
    lines = [line for sentence in sentences for line in ("", sentence)]
    subject = f"tuần của xã: đạt {len(met)}, chưa đạt {len(missed)}, chưa rõ {len(unknown)}"
    return Part(title, subject, lines, [key])


def _pick(rows: Sequence[Row], states: Sequence[str]) -> list[Row]:
    return [row for row in rows if row["status"] in states]


def _sentence(begin: str, rows: Sequence[Row], name: Callable[[Row], str]) -> str:
    if not rows:
        return f"{begin}."
    rest = len(rows) - LISTED
    said = "; ".join(name(row) for row in rows[:LISTED])
    return f"{begin}: {said}{f'; và {rest} chỉ tiêu nữa' if rest > 0 else ''}."


def _name(row: Row) -> str:
    return f"{row['title'][:1].lower()}{row['title'][1:]}, {words.period(row['period'])}"


def _name_met(row: Row) -> str:
    floor = ", đạt mức sàn" if row["status"] == "dat_san" else ""
    return f"{_name(row)} ({row['history'][-1]['shown']}{floor})"


def _name_missed(row: Row) -> str:
    return f"{_name(row)} ({row['history'][-1]['shown']}, mục tiêu {words.share(row['muc_tieu'])})"


def _name_unknown(row: Row) -> str:
    reasons = (row["reason"] or "Chưa đủ số liệu").rstrip(".").split("; ")
    return f"{_name(row)}, vì {', '.join(why[:1].lower() + why[1:] for why in reasons)}"
