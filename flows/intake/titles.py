"""Weighs what title and names say besides the period: that figures are cumulated, planned, of a week."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.collect.submission import Submission
from flows.intake.other_time import WEEKLY, read_meaning
from flows.intake.period import (
    FILE,
    SHEET,
    TITLE,
    describe_disagreement,
    describe_labels,
    describe_span,
    find_answer,
    list_texts,
    name_periods,
)
from flows.read.table import Problem, ReadTable
from schemas.contract import Cadence, Dataset
from schemas.periods import Period, of_year, period, read_alone, read_numbers, read_period, read_spans

_LENGTHS: dict[Cadence, int] = {"thang": 1, "quy": 3, "nam": 12}
_WORDS: dict[Cadence, str] = {"thang": "tháng", "quy": "quý", "nam": "năm"}


def weigh_title(
    table: ReadTable, decided: Period, submission: Submission, dataset: Dataset, *, lettered: bool = False
) -> Problem | None:
    """`tep.khac_ky` if title, sheet or file say that the figures are not those of the period `decided`.

    That blocks if they say that the figures are cumulated, planned, of a week, of the period before or of
    days that are no period. It is a warning if they say so beside the period, or if the days are those of the
    calendar where the contract's period has others. What somebody said of the submission is not weighed.

    Args:
        table: The table as read.
        decided: The period that was decided for it.
        submission: Its file, and the day on which it came.
        dataset: The contract, with the days of its periods.
        lettered: Whether `T9` is the name of a sheet for a month.
    """
    if find_answer(submission, dataset) is not None:
        return None
    texts = list_texts(table, submission, dataset, lettered=lettered)
    named = [where for where, said in texts.items() if name_periods(said, dataset, None, submission.day)]
    words = [each for where, said in texts.items() for each in _weigh_words(where, said, dataset, named)]
    found = [
        *words,
        *(each for where, said in texts.items() for each in _weigh_spans(where, said, decided, dataset)),
        *_weigh_other_lengths(texts.get(TITLE, ()), decided, submission, dataset),
    ]
    if not found:
        return None
    of = f"bảng này tính cho {describe_span(decided)}"
    blocks = any(clear for _, clear in found)
    told = [of, *dict.fromkeys(says for says, clear in found if clear or not blocks)]
    return describe_disagreement(table, dataset, told, blocks=blocks)


def _weigh_words(
    where: str, texts: Sequence[str], dataset: Dataset, named: Sequence[str]
) -> Iterator[tuple[str, bool]]:
    """What the texts of one place say that the figures are, and whether that is clear.

    It is not if a place that is nearer to the records names their period (`named`): a workbook or form of
    "6 tháng đầu năm" may have a sheet or title for each month.
    """
    if where == FILE and SHEET in named:
        return
    nearer = where == FILE and TITLE in named
    for text in texts:
        meant = read_meaning(text, dataset)
        # Several sheets with a week each may be a whole period; the days of the records tell.
        if meant is None or (where == SHEET and meant is WEEKLY and dataset.dated):
            continue
        beside = any(read_alone(other, dataset.cadence) for other in texts if other != text)
        yield f"{where} ghi “{text[:80]}”, tức là {meant.what}", meant.of_all and not (nearer or beside)


def _weigh_spans(
    where: str, texts: Sequence[str], decided: Period, dataset: Dataset
) -> Iterator[tuple[str, bool]]:
    """What is wrong with the days from and to which the texts of one place run."""
    spans = read_spans(texts)
    if dataset.basis == "point_in_time":
        spans = {(first, last) for first, last in spans if not decided.start <= last <= decided.end}
    calendar = period((dataset.cadence, "calendar"), decided.label)
    if (decided.start, decided.end) in spans:
        return
    for first, last in sorted(spans):
        usual = (first, last) == (calendar.start, calendar.end)
        yield f"{where} ghi từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}", not usual


def _weigh_other_lengths(
    title: Sequence[str], decided: Period, submission: Submission, dataset: Dataset
) -> Iterator[tuple[str, bool]]:
    """What a title says that names no period of the dataset, but a month, quarter or year."""
    if name_periods(title, dataset, None, submission.day):
        return
    whole = period((dataset.cadence, "calendar"), decided.label)
    year = int(decided.label[:4])
    for cadence, length in _LENGTHS.items():
        longer = length > _LENGTHS[dataset.cadence]
        labels = read_period(title, cadence) if cadence != dataset.cadence else set()
        if cadence not in ("nam", dataset.cadence):
            labels |= {of_year(cadence, number, year) for number in read_numbers(title, cadence)}
        named = [period((cadence, "calendar"), label) for label in sorted(labels)]
        apart = not any(each.start <= whole.end and whole.start <= each.end for each in named)
        fits = cadence == "nam" if longer else any(each.end == whole.end for each in named)
        if named and (apart or not fits):
            says = f"tiêu đề ghi {describe_labels(labels)}, bảng này nộp theo {_WORDS[dataset.cadence]}"
            yield says, apart and longer and cadence == "quy"
