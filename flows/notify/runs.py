"""Finds the days whose run failed, was refused or did not happen, and whether it went well again since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flows import words
from flows.errors import AuditRefusedError, message_of
from flows.notify.told import BadDay, Told, ToldBefore, make_key
from flows.release.journal import read_journal
from flows.release.publish import day_of, list_staged
from flows.root import Root
from schemas.notices import RUNS_BACK, NoticeTimes

_SAID = {"hong": "hỏng", "tu_choi": "không công bố được", "khong_chay": "không có kết quả"}
_NO_RUN = "không chạy, hoặc hỏng giữa chừng. Kiểm tra máy và lịch chạy."
#: Characters of the reasons for which a day went wrong.
LONGEST = 600
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Runs:
    """What happened to the runs of the last days: when each day was published, and which went wrong."""

    published: Mapping[date, str]
    bad: Sequence[BadDay]
    missed: Sequence[date]


def say_why(error: Exception) -> str:
    """Why a run failed, in a sentence that names no file, since its name may name a person."""
    if isinstance(error, AuditRefusedError) or message_of(error) != str(error):
        return " ".join(message_of(error).split("\n"))[:LONGEST]
    return f"Không chạy được ({type(error).__name__}). Xem: dulieuxa status, dulieuxa doctor."


def look_at_runs(root: Root, told: Told, now: datetime, times: NoticeTimes) -> Runs:
    """The runs of the last days. That of `now` counts as missed once it must be over and none is on."""
    published: dict[date, str] = {}
    for line in read_journal(root):
        day = datetime.strptime(day_of(line.release), "%Y%m%d").date()
        published[day] = max(line.at, published.get(day, ""))
    is_over = now.time() >= times.run_by and not list_staged(root)[0]
    last = now.date() if is_over else now.date() - _DAY
    begin = max(min(published, default=now.date()), now.date() - RUNS_BACK)
    bad = [one for one in told.bad_days if one.day >= begin]
    known = {*published, *(one.day for one in bad)}
    days = (begin + _DAY * count for count in range((last - begin).days + 1))
    return Runs(published, bad, [day for day in days if day not in known])


def tell_runs(runs: Runs, told: ToldBefore) -> Iterator[tuple[str, str]]:
    """A key and a sentence for each bad day, and for the first good one after them."""
    missed = [BadDay(day, "khong_chay", "", "") for day in _list_missed(runs, told)]
    every = sorted((*runs.bad, *missed), key=lambda one: (one.day, one.at))
    for one in every:
        if one.what != "khong_chay" or one.day not in runs.published:
            yield _key(one), f"Lượt chạy ngày {words.day(one.day)} {_SAID[one.what]}: {one.why or _NO_RUN}"
    if every and (good := _find_good_since(runs, every[-1])):
        key = make_key("tot_lai", every[-1].day, every[-1].what)
        yield key, f"Đã chạy tốt trở lại: bản ngày {words.day(good)} đã công bố."


def _list_missed(runs: Runs, told: ToldBefore) -> Iterator[date]:
    """Days without a run, and those that were told as such though their run came later."""
    yield from runs.missed
    yield from (day for day in runs.published if _key(BadDay(day, "khong_chay", "", "")) in told.keys)


def _key(bad: BadDay) -> str:
    return make_key("chay", bad.day, bad.what, bad.why)


def _find_good_since(runs: Runs, bad: BadDay) -> date | None:
    """The last day published after `bad`; None if there is none."""
    good = [day for day, at in runs.published.items() if day > bad.day or (day == bad.day and at > bad.at)]
    return max(good, default=None)
