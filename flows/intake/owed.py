"""Decides which tables of a submission its unit must submit, and for which period each one is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath

import polars as pl

from flows.collect.inbox import is_possible
from flows.collect.submission import Submission
from flows.intake.lines import Piece, split_by_lines
from flows.intake.model import ReadSubmission
from flows.intake.owner import check_codes, check_owner, weigh_company
from flows.intake.period import (
    decide_period,
    heed_answer,
    list_possible_periods,
    name_of_sheet,
    sheets_are_months,
)
from flows.intake.remarks import weigh_remarks
from flows.intake.sections import find_other_part, weigh_names
from flows.intake.stated_counts import check_numbers, check_stated_counts
from flows.intake.titles import weigh_title
from flows.read.reader import read_file, refuse_file
from flows.read.table import Problem, ReadTable
from schemas.contract import Dataset
from schemas.periods import Period, in_words
from schemas.registry import Contracts

# The title of a page that goes on from another one.
_CONTINUED = re.compile(r"(?i)\W*(?:tiếp|tiep|trang|tờ|page)\b[\w\s]{0,12}\W*$")


def read_submission(submission: Submission, data: bytes, contracts: Contracts) -> ReadSubmission:
    """Read `data`, the content of the file, and decide the period of each table.

    A table is refused if its unit does not submit that dataset, if it is empty, or if its period is not
    clear. A problem says why, and its records get the role `ngoai_bang` in `rows`. The same is asked of
    tables that reading refused, so that everything is told at once.
    """
    doc = read_file(data, PurePath(submission.file).name, contracts.datasets_of(submission.unit))
    incomplete_by_place: dict[tuple[str | None, str | None], ReadTable] = {
        (table.dataset, table.sheet): table for table in doc.refused
    }
    problems = [
        _add_periods(
            problem,
            incomplete_by_place.get((problem.dataset, problem.sheet)),
            submission,
            contracts,
        )
        for problem in doc.problems
    ]
    problems += _check_clock(submission)
    taken: list[tuple[ReadTable, Period]] = []
    refused: list[ReadTable] = []
    alike: dict[str, list[ReadTable]] = {}
    for table in doc.tables:
        alike.setdefault(table.dataset, []).append(table)
    datasets = {name: _Alike.of(tables, contracts.datasets[name]) for name, tables in alike.items()}
    count = Counter(table.dataset for table in (*doc.tables, *doc.refused))
    for table in _continue_pages(doc.tables, submission, contracts, datasets):
        decision = _decide(table, submission, contracts, datasets[table.dataset])
        decision = _heed(decision, table, submission, contracts, alone=count[table.dataset] == 1)
        lettered, same = datasets[table.dataset].lettered, alike[table.dataset]
        doubts, pieces = _weigh(table, decision, submission, contracts, same, lettered=lettered)
        if not isinstance(decision, Problem):
            own = [each for each in doc.marks.comments if each.sheet == table.sheet]
            dataset = contracts.datasets[table.dataset]
            doubts += weigh_remarks(table, decision, dataset, submission.day, own)
        problems += doubts
        for piece, outcome in pieces:
            if isinstance(outcome, Problem):
                problems.append(_add_periods(outcome, piece, submission, contracts))
                refused.append(piece)
            else:
                taken.append((piece, outcome))
    for name, tables in alike.items():
        problems += check_stated_counts(tables, contracts.datasets[name])
        refused_too = [each for each in doc.refused if each.dataset == name]
        problems += check_numbers([*tables, *refused_too], contracts.datasets[name])
    incomplete: list[tuple[ReadTable, Period]] = []
    for table in doc.refused:
        dataset = contracts.datasets[table.dataset]
        commune = contracts.commune
        decision = check_owner(submission, table, dataset, commune) or decide_period(
            table, submission, dataset, commune
        )
        decision = _heed(decision, table, submission, contracts, alone=count[table.dataset] == 1)
        if isinstance(decision, Problem):
            problems.append(_add_periods(decision, table, submission, contracts))
        elif table.cells.height:
            incomplete.append((table, decision))
    rows = leave_out(doc.rows, refused)
    return ReadSubmission(
        submission, tuple(taken), rows, tuple(problems), marks=doc.marks, refused=tuple(incomplete)
    )


@dataclass(frozen=True, slots=True)
class _Alike:
    """What all tables of one dataset in a file say together.

    Attributes:
        lettered: Whether sheets named `T9` are months.
        filled: Whether some table is not empty.
    """

    lettered: bool
    filled: bool

    @classmethod
    def of(cls, tables: Sequence[ReadTable], dataset: Dataset) -> _Alike:
        lettered = sheets_are_months([table.sheet for table in tables])
        return cls(lettered, any(not _is_empty(table, dataset) for table in tables))


def _continue_pages(
    tables: Sequence[ReadTable], submission: Submission, contracts: Contracts, alike: Mapping[str, _Alike]
) -> Iterator[ReadTable]:
    """The tables; one without a title, on a later page, has above it what the page before says.

    It is a later page if the sheet before has the same form of the same file, and if no name of its own
    names a period.
    """
    former: dict[tuple[str, str], ReadTable] = {}
    for table in tables:
        dataset, file = contracts.datasets[table.dataset], table.sheet.rpartition("/")[0]
        before = former.get((table.dataset, file))
        untitled = not table.above and all(map(_CONTINUED.match, table.title))
        if before is not None and before.sheet != table.sheet and untitled and _is_like(table, before):
            named = list_possible_periods(table, submission, dataset, contracts.commune)[1]
            if not (named or alike[table.dataset].lettered):
                table = replace(table, above=(*before.above, before.title))  # noqa: PLW2901
        former[table.dataset, file] = table
        yield table


def _is_like(table: ReadTable, other: ReadTable) -> bool:
    return (table.letters, table.units, table.side) == (other.letters, other.units, other.side)


def _decide(
    table: ReadTable, submission: Submission, contracts: Contracts, alike: _Alike
) -> Period | Problem:
    """The period of a table, or why it is refused."""
    dataset = contracts.datasets[table.dataset]
    refusal = check_owner(submission, table, dataset, contracts.commune)
    if refusal:
        return refusal
    if _is_empty(table, dataset):
        label = name_of_sheet(table, submission, dataset, lettered=alike.lettered)
        if label and alike.filled:
            return _describe_blank_period(table, dataset, label)
        return _describe_empty(table, dataset)
    return decide_period(table, submission, dataset, contracts.commune, lettered=alike.lettered)


def _weigh(
    table: ReadTable,
    decision: Period | Problem,
    submission: Submission,
    contracts: Contracts,
    alike: Sequence[ReadTable],
    *,
    lettered: bool,
) -> tuple[list[Problem], list[Piece]]:
    """Warnings about title and names of a table, and the pieces of the table, taken or held."""
    if isinstance(decision, Problem):
        return [], [(table, decision)]
    dataset = contracts.datasets[table.dataset]
    other = check_codes(submission, table, dataset, contracts.commune, decision)
    if other is not None:
        return [], [(table, other)]
    doubt = weigh_title(table, decision, submission, dataset, lettered=lettered)
    company = weigh_company(submission, table, dataset, contracts.commune)
    doubts = [
        *filter(None, (doubt, company)),
        *weigh_names(table, alike, submission, dataset, lettered=lettered),
    ]
    blocks = next((each for each in doubts if each.severity == "chan"), None)
    if blocks is not None:
        return [], [(table, blocks)]
    commune = contracts.commune
    pieces = split_by_lines(table, decision, submission, dataset, commune, lettered=lettered)
    told = {outcome.row for _, outcome in pieces if isinstance(outcome, Problem)}
    return [*doubts, *find_other_part(table, told, dataset)], pieces


def _heed(
    decision: Period | Problem,
    table: ReadTable,
    submission: Submission,
    contracts: Contracts,
    *,
    alone: bool,
) -> Period | Problem:
    """The decision, or what somebody said if only the period was in doubt."""
    if isinstance(decision, Problem) and decision.code not in ("tep.khac_ky", "tep.khong_ro_ky"):
        return decision
    dataset = contracts.datasets[table.dataset]
    return heed_answer(decision, table, submission, dataset, contracts.commune, alone=alone)


def _add_periods(
    problem: Problem, table: ReadTable | None, submission: Submission, contracts: Contracts
) -> Problem:
    """A problem of a table of a known dataset, with the periods that the table may be for."""
    if problem.dataset is None:
        return problem
    dataset = contracts.datasets[problem.dataset]
    periods, named = list_possible_periods(table, submission, dataset, contracts.commune)
    return replace(problem, periods=periods, period_named=named)


def give_up(submission: Submission, why: Problem) -> ReadSubmission:
    """The result for a submission whose reading was aborted; `why` is its only problem."""
    return ReadSubmission(submission, (), refuse_file(why).rows, (why,), lost=True)


def _check_clock(submission: Submission) -> Iterator[Problem]:
    """Tell of a file whose own clock can't be right; nothing depends on that clock."""
    if submission.written is None:
        return
    written, received = map(datetime.fromisoformat, (submission.written, submission.received))
    if not is_possible(written, received):
        yield Problem(
            "tep.gio_sai",
            "song",
            "canh_bao",
            f"Tệp ghi giờ lưu {written:%d/%m/%Y}, không thể đúng; đã tính theo giờ nhận"
            f" {received:%d/%m/%Y}. Chỉnh lại ngày giờ của máy soạn tệp.",
        )


def _is_empty(table: ReadTable, dataset: Dataset) -> bool:
    """Whether a table has no record and does not declare that there is nothing to report."""
    return not (table.cells.height or (table.nil and dataset.nil_allowed))


def _describe_empty(table: ReadTable, dataset: Dataset) -> Problem:
    hint = " Nếu kỳ này không có gì, ghi “Không phát sinh”." if dataset.nil_allowed else ""
    return Problem(
        "tep.khong_co_dong",
        "du",
        "chan",
        f"Bảng “{dataset.title}” không có dòng nào.{hint}",
        dataset=dataset.name,
        sheet=table.sheet,
    )


def _describe_blank_period(table: ReadTable, dataset: Dataset, label: str) -> Problem:
    return Problem(
        "tep.ky_trong",
        "du",
        "canh_bao",
        f"Phần của {in_words(label)} để trống: chưa tính là đã nộp kỳ đó.",
        dataset=dataset.name,
        sheet=table.sheet,
    )


def leave_out(rows: pl.DataFrame, refused: Sequence[ReadTable]) -> pl.DataFrame:
    """`rows` (`ROWS_SCHEMA`), in which records of the `refused` tables have the role `ngoai_bang`."""
    if not refused:
        return rows
    records = pl.concat(
        table.cells.select(
            sheet=pl.lit(table.sheet),
            row="_row",
            side=pl.lit(table.side, pl.String),
            refused=pl.lit(value=True),
        )
        for table in refused
    )
    return (
        rows.join(records, on=["sheet", "row", "side"], how="left", maintain_order="left", nulls_equal=True)
        .with_columns(role=pl.when("refused").then(pl.lit("ngoai_bang")).otherwise("role"))
        .drop("refused")
    )
