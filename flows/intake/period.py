"""Decides for which period a table is, from its title, its sheet's name, its file's name and its dates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePath

import polars as pl

from flows.collect.submission import Submission
from flows.read.table import Problem, ReadTable
from schemas.contract import Cadence, Dataset
from schemas.periods import (
    Period,
    containing,
    in_words,
    is_label,
    latest_begun,
    latest_ended,
    of_year,
    open_windows,
    period,
    read_numbers,
    read_period,
    read_spans,
    without_days,
)
from schemas.units import Commune

_LETTERED = re.compile(r"(?i)\s*t\s*(1[0-2]|[1-9])\s*")
TITLE, SHEET, FILE, _HEADING = "tiêu đề", "tên trang tính", "tên tệp", "đầu cột"
_HINT = "Ghi rõ kỳ báo cáo ở tiêu đề, ví dụ “{}”."


@dataclass(frozen=True, slots=True)
class _Source:
    """One place that may name the period: what it is called, and the labels that it names."""

    where: str
    labels: frozenset[str]


def decide_period(
    table: ReadTable,
    submission: Submission,
    dataset: Dataset,
    commune: Commune,
    *,
    lettered: bool = False,
) -> Period | Problem:
    """The period that title, sheet name and file name name, else the only one that is handed in on that day.

    A period is named if all of them that name any agree on it. If they do not, that is `tep.khac_ky`; if none
    is named and not exactly one window is open, it is `tep.khong_ro_ky`. The same holds for a
    period that has not begun, or that lies before the plan.

    Args:
        table: The table as read.
        submission: Its file, and the day on which it came.
        dataset: The contract of the table.
        commune: Gives the first year of the plan, and the working days that deadlines count.
        lettered: Whether `T9` is the name of a sheet for a month (`sheets_are_months`).
    """
    sources = _read_sources(table, submission, dataset, lettered=lettered)
    naming = [source for source in sources if source.labels]
    titles = next((source.labels for source in naming if source.where == TITLE), frozenset())
    if len(titles) > 1:
        return describe_unclear(table, dataset, f"Tiêu đề ghi hơn một kỳ: {describe_labels(titles)}")
    if not naming:
        return _assume(table, submission.day, dataset, commune)
    agreed = frozenset.intersection(*(source.labels for source in naming))
    if not agreed:
        said = [f"{source.where} ghi {describe_labels(source.labels)}" for source in naming]
        return describe_disagreement(table, dataset, said)
    if len(agreed) > 1:
        where = naming[0].where.capitalize()
        return describe_unclear(table, dataset, f"{where} ghi hơn một kỳ: {describe_labels(agreed)}")
    return _check(period(dataset, min(agreed)), table, submission.day, dataset, commune)


def heed_answer(
    decided: Period | Problem,
    table: ReadTable,
    submission: Submission,
    dataset: Dataset,
    commune: Commune,
    *,
    alone: bool,
) -> Period | Problem:
    """The period that somebody said the submission is for, where it was in doubt; else `decided`.

    The dates of the records may be what speaks against a period: a table that stands `alone`, the only one of
    its dataset in the file, takes the one that was said.
    """
    said = find_answer(submission, dataset)
    if said is None or not (alone or isinstance(decided, Problem)):
        return decided
    return _check(said, table, submission.day, dataset, commune)


def find_answer(submission: Submission, dataset: Dataset) -> Period | None:
    """The period said for a submission; None if none was said, or it is none of `dataset`."""
    said = submission.stated
    return period(dataset, said) if said is not None and is_label(dataset, said) else None


def name_of_sheet(
    table: ReadTable, submission: Submission, dataset: Dataset, *, lettered: bool
) -> str | None:
    """The label of the one period that the name of the table's sheet names; None if there is none."""
    sources = _read_sources(table, submission, dataset, lettered=lettered)
    labels = next((each.labels for each in sources if each.where == SHEET), frozenset())
    return next(iter(labels)) if len(labels) == 1 else None


def list_possible_periods(
    table: ReadTable | None, submission: Submission, dataset: Dataset, commune: Commune
) -> tuple[tuple[str, ...], bool]:
    """The labels of the periods that a table may be for, and whether the file names them.

    All that title, sheet and file name; if they name none, those that are handed in on that day, else the
    latest that had ended and the one that runs. Without a `table` only the file's name is known.
    """
    if table is None:
        named = read_period([PurePath(submission.file).stem], dataset.cadence)
    else:
        sources = _read_sources(table, submission, dataset, lettered=False)
        named = {label for source in sources for label in source.labels}
    if named:
        return tuple(sorted(named)), True
    day = submission.day
    windows = open_windows(dataset, day, commune.moved)
    likely = windows or (latest_ended(dataset.cadence, dataset.basis, day), containing(dataset, day))
    return tuple(each.label for each in likely), False


def list_texts(
    table: ReadTable, submission: Submission, dataset: Dataset, *, lettered: bool
) -> Mapping[str, tuple[str, ...]]:
    """The texts that may name the period of a table, by the place where they stand."""
    if table.side is not None:
        # Title and names are then about the whole form, but may name the year.
        return {_HEADING: (table.side,)}
    title = tuple(table.title)
    if not name_periods(title, dataset, None, submission.day):
        # What a table does not say for itself, the titles above it on its sheet say.
        title = (*title, *(text for each in table.above for text in each))
    sheet = tuple(_sheet_texts(table.sheet, submission, lettered=lettered))
    return {TITLE: title, SHEET: sheet, FILE: (PurePath(submission.file).stem,)}


def _read_sources(
    table: ReadTable, submission: Submission, dataset: Dataset, *, lettered: bool
) -> list[_Source]:
    """The places that may name the period, each with the labels that it names."""
    above = (text for title in table.above for text in title)
    names = _sheet_texts(table.sheet, submission, lettered=lettered)
    year = _find_year([*table.title, *above, *names, PurePath(submission.file).stem])
    texts = list_texts(table, submission, dataset, lettered=lettered)
    return [
        _Source(where, name_periods(said, dataset, year, submission.day)) for where, said in texts.items()
    ]


def _find_year(texts: Sequence[str]) -> int | None:
    """The only year that `texts` name, alone or beside a month or quarter; None if it is not one."""
    cadences: tuple[Cadence, ...] = ("thang", "quy", "nam")
    years = {label[:4] for cadence in cadences for label in read_period(texts, cadence)}
    return int(min(years)) if len(years) == 1 else None


def _sheet_texts(sheet: str, submission: Submission, *, lettered: bool) -> Iterator[str]:
    """The names of the sheet and, in a zip, of its file and folders; a text file has no sheet name."""
    *folders, name = sheet.split("/")
    if lettered:
        name = _LETTERED.sub(r"tháng \1", name)
    if name != PurePath(submission.file).stem:
        yield name
    yield from (PurePath(folder).stem for folder in folders)


def sheets_are_months(sheets: Sequence[str]) -> bool:
    """Whether sheets named `T9`, `T10` are months: there are several, and no code of a thôn such as `T01`.

    Codes of thôn have two digits, so a workbook with `T10` and `T11` alone could be either; it is not taken
    for months. `sheets` are those of one dataset.
    """
    found = [_LETTERED.fullmatch(sheet.rpartition("/")[2]) for sheet in sheets]
    return len(found) > 1 and all(found) and any(match and int(match[1]) < 10 for match in found)


def name_periods(texts: Sequence[str], dataset: Dataset, year: int | None, day: date) -> frozenset[str]:
    """The periods that `texts` name; where they leave out the year, it is `year`, or the latest possible."""
    labels = read_period(texts, dataset.cadence) | _name_by_days(texts, dataset)
    if labels:
        numbers = read_numbers(map(without_days, texts), dataset.cadence)
        years = {label[:4] for label in labels}
        if len(years) > 1:
            return frozenset(labels)
        # "Tháng 10, nhiệm vụ tháng 11 năm 2026" names October, too.
        same = int(min(years))
        return frozenset(labels) | {of_year(dataset.cadence, number, same) for number in numbers}
    numbers = read_numbers(texts, dataset.cadence)
    if year is not None:
        return frozenset(of_year(dataset.cadence, number, year) for number in numbers)
    return frozenset(latest_begun(dataset, number, day).label for number in numbers)


def _name_by_days(texts: Sequence[str], dataset: Dataset) -> set[str]:
    """The periods whose first and last day `texts` name: "từ 15/10/2026 đến 14/11/2026"."""
    spans = read_spans(texts)
    return {
        found.label for first, last in spans if _is_whole(found := containing(dataset, last), first, last)
    }


def _is_whole(of: Period, first: date, last: date) -> bool:
    return (of.start, of.end) == (first, last)


def _assume(table: ReadTable, day: date, dataset: Dataset, commune: Commune) -> Period | Problem:
    """The only period that is handed in on `day`."""
    windows = open_windows(dataset, day, commune.moved)
    if len(windows) == 1:
        return windows[0]
    which = describe_labels(each.label for each in windows)
    why = f"đang nhận nhiều kỳ: {which}" if windows else "không kỳ nào đang đến hạn nộp"
    return describe_unclear(table, dataset, f"Không nơi nào ghi kỳ, và ngày {day:%d/%m/%Y} {why}")


def _check(
    stated: Period, table: ReadTable, day: date, dataset: Dataset, commune: Commune
) -> Period | Problem:
    if stated.start > day:
        return describe_unclear(table, dataset, f"Kỳ {in_words(stated.label)} chưa bắt đầu")
    first = commune.first_year(dataset)
    if int(stated.label[:4]) < first:
        why = f"Kỳ {in_words(stated.label)} ở trước năm {first}, năm đầu của số liệu phải nộp"
        return describe_unclear(table, dataset, why)
    return stated


def weigh_dates(
    table: ReadTable, records: pl.DataFrame, stated: Period, dataset: Dataset, submission: Submission
) -> Problem | None:
    """`tep.khac_ky` if the dates of the records point to another period than the one `stated`.

    At least two thirds of them must lie in one other period. That blocks, except if it is an earlier period
    and some lie in the stated one: a list may still hold what was left open. If it does not block but fewer
    than half lie in the stated period, it is a warning.

    Args:
        table: The table as read.
        records: Its records, cleaned (`Cleaned.frame`).
        stated: The period decided for it.
        dataset: The contract, which names the column whose dates lie in the period (`Dataset.dated`).
        submission: Dates after its day are faults of their own and do not count. If somebody said that it is
            for that period, its dates are right.
    """
    if dataset.dated is None or find_answer(submission, dataset) == stated:
        return None
    found = _count_periods(records[dataset.dated], dataset, submission.day)
    total, inside = sum(found.values()), found[stated.label]
    if 2 * inside >= total:
        return None
    other, most = max(((label, n) for label, n in found.items() if label != stated.label), key=lambda p: p[1])
    clear = 3 * most >= 2 * total and (other > stated.label or not inside)
    column = dataset[dataset.dated].label
    where = describe_span(period(dataset, other))
    says = f"{most} trong {total} ngày ở cột “{column}” nằm trong {where}"
    told = [f"bảng này là của {describe_span(stated)}", says]
    problem = describe_disagreement(table, dataset, told, blocks=clear)
    return replace(problem, periods=(stated.label, other))


def _count_periods(dates: pl.Series, dataset: Dataset, day: date) -> Counter[str]:
    """The number of dates in each period; dates after `day` do not count."""
    counts = dates.drop_nulls().value_counts().rows()
    found: Counter[str] = Counter()
    for each, number in counts:
        if each <= day:
            found[containing(dataset, each).label] += number
    return found


def describe_span(of: Period) -> str:
    """The period in words, with its first and last day."""
    return f"{in_words(of.label)} ({of.start:%d/%m/%Y}–{of.end:%d/%m/%Y})"


def describe_labels(labels: Iterable[str]) -> str:
    """The periods in words, in order."""
    return ", ".join(map(in_words, sorted(labels)))


def describe_disagreement(
    table: ReadTable, dataset: Dataset, points: Sequence[str], *, blocks: bool = True
) -> Problem:
    """The problem `tep.khac_ky`; `points` say what points to which period."""
    told = "; ".join(points)
    mend = "Sửa cho khớp rồi nộp lại." if blocks else "Kiểm tra lại kỳ."
    return Problem(
        "tep.khac_ky",
        "dung",
        "chan" if blocks else "canh_bao",
        f"Kỳ không khớp: {told}. {mend}",
        dataset=dataset.name,
        sheet=table.sheet,
    )


_EXAMPLES: Mapping[str, str] = {"thang": "Tháng 11 năm 2026", "quy": "Quý IV năm 2026", "nam": "Năm 2026"}


def describe_unclear(table: ReadTable, dataset: Dataset, why: str) -> Problem:
    """The problem `tep.khong_ro_ky`; `why` says what makes the period unclear."""
    return Problem(
        "tep.khong_ro_ky",
        "dung",
        "chan",
        f"{why}. {_HINT.format(_EXAMPLES[dataset.cadence])}",
        dataset=dataset.name,
        sheet=table.sheet,
    )
