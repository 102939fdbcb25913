"""Judges submissions, decides which are in effect, and counts their records, period by period."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

import polars as pl
import polars.selectors as cs

from flows.collect.submission import Submission
from flows.intake.model import CleanedSubmission, SubmissionPart, SubmissionSummary, summarize
from flows.measure import count_records
from flows.read.table import Problem
from flows.settle.apart import find_register, list_heads, tell_apart_from_register, tell_sorted_apart
from flows.settle.compare import compare, count_undone
from flows.settle.corrections import Given, Said, merge_corrections, tell_undone
from flows.settle.faults import fill_columns, find_file_faults, find_record_faults, list_repairs
from flows.settle.lacking import Losses, Replaced
from flows.settle.model import (
    TABLES,
    Comparison,
    JudgedPart,
    Kept,
    Owes,
    PeriodRecords,
    Read,
    Settled,
    SettledPeriod,
    Standing,
    list_parts,
    select_in_effect,
)
from flows.settle.older import Version, tell_older
from flows.settle.owners import hold, weigh_owners
from flows.settle.submissions import build_submissions
from flows.settle.unusual import find_unusual, take_prints
from flows.validate.across import reconcile
from flows.validate.records import Verdict, validate
from flows.validate.tally import COLUMNS
from schemas.contract import QUARANTINED, Dataset, typed_column, unread_column
from schemas.periods import before, in_words
from schemas.registry import Contracts

# The parts of each dataset, sorted by period; a part's index in the list is its number.
Brought: TypeAlias = dict[str, list[tuple[Submission, SubmissionPart]]]

# All columns of judged records except the typed text and why a cell was unread.
_AS_READ = cs.exclude(cs.ends_with(typed_column(""), unread_column("")))


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is in effect in periods that are not judged now, and its cleaned submissions."""

    in_effect: Mapping[Owes, JudgedPart]
    cleaned: Sequence[CleanedSubmission]


_NOTHING = Earlier({}, ())


def settle_submissions(
    all_cleaned: Sequence[CleanedSubmission], repeats: Sequence[Submission], contracts: Contracts
) -> Settled:
    """Judge and settle all submissions. `repeats` have the content of an earlier submission of their unit.

    Raises:
        RuleDidNotRunError: a rule gave no result.
        ConservationError: rows seen are not rows left out, accepted and quarantined.
    """
    labels = {part.period.label for cleaned in all_cleaned for part in (*cleaned.parts, *cleaned.refused)}
    periods = judge_periods(all_cleaned, labels, contracts)
    return settle_all(periods, [summarize(cleaned) for cleaned in all_cleaned], repeats, contracts)


def judge_periods(
    all_cleaned: Sequence[CleanedSubmission],
    labels: Collection[str],
    contracts: Contracts,
    earlier: Earlier = _NOTHING,
) -> list[PeriodRecords]:
    """Judge the records of the periods `labels`, dataset by dataset; settle each period.

    `all_cleaned` are all submissions with records for these periods, in order of arrival. Of several
    submissions of one unit, dataset and period the last usable one counts. Periods are judged together, but
    the result of one does not depend on another, except for what was `compared`.

    Raises:
        RuleDidNotRunError: a rule gave no result.
    """
    datasets = contracts.datasets
    verdicts: dict[str, Verdict] = {}
    brought = _group_by_dataset(all_cleaned, labels)
    told = weigh_owners(brought, earlier.cleaned, contracts)
    brought, said = _merge(hold(brought, told), datasets)
    judged: list[JudgedPart] = []
    for name, parts in brought.items():
        verdicts[name] = validate([(part, one.day) for one, part in parts], datasets[name])
        judged += _count_rows(parts, verdicts[name])
    standing = _find_standing(judged)
    crossed = reconcile(verdicts, list_parts(standing.in_effect.values()), datasets)
    read = {name: verdict.judged.select(_AS_READ) for name, verdict in crossed.verdicts.items()}
    live = select_in_effect(read, standing)
    faults = [find_record_faults(each, name, standing, contracts) for name, each in crossed.verdicts.items()]
    tables = {
        "faults": pl.concat([fill_columns(pl.DataFrame()), *faults]),
        "changes": list_repairs(
            ((one, brought[one.dataset][one.number][1].changes) for one in standing.judged), standing
        ),
        "tallies": _build_tallies(crossed.verdicts, standing),
        "unjudged": crossed.unjudged,
        "counted": count_records(live, contracts.commune, contracts.indicators),
        "prints": take_prints(live, datasets),
    }
    latest = _find_latest(all_cleaned)
    compared, lacking = _compare_all(brought, standing, datasets, earlier, crossed.verdicts, latest)
    found = ((one, label, problem) for (one, _, label), problem in told.items())
    said += _compare_with_registers(brought, standing, live, datasets)
    return [*_split_by_period(standing, tables, compared, read, [*found, *said, *lacking])]


def _compare_with_registers(
    brought: Brought, standing: Standing, live: Mapping[str, pl.DataFrame], datasets: Mapping[str, Dataset]
) -> Iterator[Said]:
    """What is to be said of the lists in effect whose households have the heads of others."""
    heads: dict[tuple[str, str], pl.DataFrame] = {}
    for one in standing.in_effect.values():
        dataset = datasets[one.dataset]
        register = find_register(dataset, datasets)
        if register is not None and register.name in live and one.dataset in brought:
            part, owes = brought[one.dataset][one.number][1], (register.name, one.period.label)
            if owes not in heads:
                heads[owes] = list_heads(live[register.name].filter(_period=one.period.label), register)
            told = tell_apart_from_register(part, heads[owes], dataset, register)
            if told is not None:
                yield one.submission, one.period.label, told


def _merge(
    brought: Mapping[str, Sequence[Given]], datasets: Mapping[str, Dataset]
) -> tuple[Brought, list[Said]]:
    """`brought` with corrections merged into what they correct, and what is to be said of them."""
    merged = {name: merge_corrections(parts, datasets[name]) for name, parts in brought.items()}
    said = [each for one in merged.values() for each in one.said]
    return {name: [*one.parts] for name, one in merged.items()}, said


def _group_by_dataset(all_cleaned: Sequence[CleanedSubmission], labels: Collection[str]) -> Brought:
    found: dict[str, list[tuple[Submission, SubmissionPart]]] = {}
    for cleaned in all_cleaned:
        for part in (*cleaned.parts, *cleaned.refused):
            if part.period.label in labels:
                found.setdefault(part.dataset, []).append((cleaned.submission, part))
    for parts in found.values():
        parts.sort(key=lambda brought: brought[1].period.label)
    return dict(sorted(found.items()))


def _find_standing(judged: Sequence[JudgedPart]) -> Standing:
    in_order = sorted(judged, key=lambda one: (one.submission, one.dataset, one.period.label))
    return Standing(in_order, {one.owes: one for one in in_order if one.taken})


def _count_rows(parts: Sequence[Given], verdict: Verdict) -> list[JudgedPart]:
    by_class = verdict.judged.group_by("_part", "_table", held=QUARANTINED).len()
    counts = {(number, table, held): rows for number, table, held, rows in by_class.iter_rows()}
    repeated = {(number, table): rows for number, table, rows in verdict.repeated.iter_rows()}
    judged: list[JudgedPart] = []
    for number, (submission, part) in enumerate(parts):
        counted = not part.refused
        own = (submission,) * (len(part.tables) - len(part.borrowed))
        ended: dict[Submission, list[int]] = {submission: [0, 0, 0]}
        for table, source in enumerate((*own, *part.borrowed)):
            rows = ended.setdefault(source, [0, 0, 0])
            rows[0] += counts.get((number, table, False), 0) * counted
            rows[1] += counts.get((number, table, True), 0) * counted
            rows[2] += repeated.get((number, table), 0) * counted
        accepted, quarantined, again = ended.pop(submission)
        judged.append(
            JudgedPart(
                submission,
                part.dataset,
                part.period,
                part.nil,
                part.tables,
                number,
                _count_own(part, len(own)) * counted,
                accepted,
                quarantined,
                again,
                part.refused,
                part.borrowed,
                tuple(Kept(source, *rows) for source, rows in ended.items()),
            )
        )
    return judged


def _count_own(part: SubmissionPart, tables: int) -> int:
    """The number of rows of the first `tables` of a part."""
    return part.frame.height if not part.borrowed else int((part.frame["_table"] < tables).sum())


def _build_tallies(verdicts: Mapping[str, Verdict], standing: Standing) -> pl.DataFrame:
    """Cells judged and failed: one row per submission that counts, dataset, period and dimension."""
    counted = (one for one in standing.judged if standing.counts(one) and not one.refused)
    who = list_parts(counted).rename({"_unit": "unit", "_period": "period"})
    found = [verdict.tally.with_columns(dataset=pl.lit(name)) for name, verdict in verdicts.items()]
    every = pl.concat([pl.DataFrame(schema=COLUMNS | {"dataset": pl.String}), *found])
    return every.join(who, on=["dataset", "_part"], maintain_order="left").drop("_part")


def _compare_all(
    brought: Brought,
    standing: Standing,
    datasets: Mapping[str, Dataset],
    earlier: Earlier,
    verdicts: Mapping[str, Verdict],
    latest: Mapping[tuple[Submission, str], str],
) -> tuple[dict[str, dict[Submission, list[Comparison]]], list[Said]]:
    """By period what each usable submission changed against the one before it, if there is one.

    Also what is to be said of those that lack most records of the one that they replace, that undo
    corrections, that may be older or have a column sorted apart. `latest` is the label of the latest period
    of each file and dataset.
    """
    pairs = [*_find_pairs(standing, {**earlier.in_effect, **standing.in_effect}, datasets)]
    counted = {each for one in earlier.in_effect.values() for each in (one.submission, *one.borrowed)}
    cleaned = [each for each in earlier.cleaned if each.submission in counted]
    earlier_parts, _ = _merge(
        _group_by_dataset(cleaned, {period for _, _, period in earlier.in_effect}), datasets
    )
    parts = {
        (submission, name, part.period.label): part
        for each in (earlier_parts, brought)
        for name, some in each.items()
        for submission, part in some
        if not part.refused
    }
    found: dict[str, dict[Submission, list[Comparison]]] = {}
    said: list[Said] = []
    losses = Losses()
    for one, former, name in pairs:
        was, now = (parts[each.submission, each.dataset, each.period.label] for each in (former, one))
        change = compare(was, now, datasets[one.dataset])
        comparison = Comparison(one.dataset, one.period.label, name, change)
        found.setdefault(one.period.label, {}).setdefault(one.submission, []).append(comparison)
        apart = tell_sorted_apart(was, now, name, datasets[one.dataset])
        said += [(one.submission, one.period.label, apart)] if apart else []
        if former.owes == one.owes:
            before = [parts[each, one.dataset, one.period.label] for each in former.borrowed]
            undone = count_undone(was, before, now, datasets[one.dataset]) if before else 0
            counted_rows = verdicts[one.dataset].judged.filter(pl.col("_part") == former.number, ~QUARANTINED)
            replaced = Replaced(former.submission.file, counted_rows.select(datasets[one.dataset].key))
            doubts = (
                losses.tell(one.owes, now, replaced, datasets[one.dataset]),
                tell_undone(now, undone, former.submission),
                tell_older(
                    Version(one.submission, now),
                    Version(former.submission, was),
                    counted_rows,
                    change,
                    (latest[one.submission, one.dataset], latest[former.submission, one.dataset]),
                    datasets[one.dataset],
                ),
            )
            said += [(one.submission, one.period.label, problem) for problem in doubts if problem]
    return found, said


def _find_latest(all_cleaned: Sequence[CleanedSubmission]) -> dict[tuple[Submission, str], str]:
    """The label of the latest period that each submission reports on, by dataset."""
    found: dict[tuple[Submission, str], str] = {}
    for cleaned in all_cleaned:
        for part in cleaned.parts:
            key = (cleaned.submission, part.dataset)
            found[key] = max(part.period.label, found.get(key, ""))
    return found


def _find_pairs(
    standing: Standing, in_effect: Mapping[Owes, JudgedPart], datasets: Mapping[str, Dataset]
) -> Iterator[tuple[JudgedPart, JudgedPart, str]]:
    """Each usable submission, the one to compare it with, and a name for that one."""
    last: dict[Owes, JudgedPart] = {}
    for one in standing.judged:
        if not one.taken:
            continue
        unit, name, period = one.owes
        if one.owes in last:
            yield one, last[one.owes], f"tệp {last[one.owes].submission.file}"
        # Lists of events share no records from one period to the next.
        elif former := in_effect.get((unit, name, period_before(name, period, datasets) or "")):
            yield one, former, in_words(former.period.label)
        last[one.owes] = one


def period_before(dataset: str, label: str, datasets: Mapping[str, Dataset]) -> str | None:
    """The period before `label`, if the dataset states a situation; None if it lists events."""
    contract = datasets[dataset]
    return before(contract, label).label if contract.basis == "point_in_time" else None


def _split_by_period(
    standing: Standing,
    tables: Mapping[str, pl.DataFrame],
    compared: Mapping[str, Mapping[Submission, Sequence[Comparison]]],
    read: Read,
    said: Sequence[Said],
) -> Iterator[PeriodRecords]:
    """The results split by period; in each, the parts of a dataset are numbered from 0 again."""
    by_period: dict[str, list[JudgedPart]] = {}
    for one in standing.judged:
        by_period.setdefault(one.period.label, []).append(one)
    parted = {name: table.partition_by("period", as_dict=True) for name, table in tables.items()}
    for label, judged in sorted(by_period.items()):
        numbers: dict[str, list[int]] = {}
        for one in judged:
            numbers.setdefault(one.dataset, []).append(one.number)
        mine = _find_standing([replace(one, number=one.number - min(numbers[one.dataset])) for one in judged])
        own = {name: parts.get((label,), tables[name].clear()) for name, parts in parted.items()}
        rows = {name: _renumber(read[name], min(each), len(each)) for name, each in sorted(numbers.items())}
        doubts: dict[Submission, tuple[Problem, ...]] = {}
        for submission, of, problem in said:
            if of == label:
                doubts[submission] = (*doubts.get(submission, ()), problem)
        settled = SettledPeriod(
            mine.judged, mine.in_effect, label, **own, compared=compared.get(label, {}), doubts=doubts
        )
        yield PeriodRecords(settled, partial(_give, rows))


def _give(read: Read) -> Read:
    return read


def _renumber(rows: pl.DataFrame, first: int, count: int) -> pl.DataFrame:
    """The rows of `count` parts from the number `first` on, renumbered from 0."""
    start, stop = (rows["_part"].search_sorted(at) for at in (first, first + count))
    mine = rows.slice(start, stop - start)
    return mine.with_columns(pl.col("_part") - pl.lit(first, pl.UInt32)) if first else mine


def _add_doubts(summary: SubmissionSummary, settled: Sequence[SettledPeriod]) -> SubmissionSummary:
    """The summary with what was found about the submission beside the others."""
    doubts = [doubt for each in settled for doubt in each.doubts.get(summary.submission, ())]
    return replace(summary, problems=(*summary.problems, *doubts)) if doubts else summary


def settle_all(
    periods: Sequence[PeriodRecords],
    summaries: Sequence[SubmissionSummary],
    repeats: Sequence[Submission],
    contracts: Contracts,
) -> Settled:
    """Join all periods and add the faults that need all of them; proves that no row was lost.

    Raises:
        ConservationError: rows seen are not rows left out, accepted and quarantined.
    """
    settled = [records.settled for records in periods]
    summaries = [_add_doubts(summary, settled) for summary in summaries]
    standing = _find_standing([one for each in settled for one in each.judged])
    of_all = {
        name: pl.concat(
            [
                pl.DataFrame(schema=schema),
                *(getattr(each, name) for each in settled),
            ]
        )
        for name, schema in TABLES.items()
    }
    of_wholes = find_unusual(of_all.pop("prints"), contracts.datasets).with_columns(record=pl.col("period"))
    of_files = find_file_faults(summaries, repeats, standing)
    submissions = build_submissions(summaries, repeats, standing)
    compared: dict[Submission, list[Comparison]] = {}
    for each in settled:
        for submission, found in each.compared.items():
            compared.setdefault(submission, []).extend(found)
    return Settled(
        standing.judged,
        standing.in_effect,
        summaries,
        repeats,
        periods,
        **of_all | {"faults": pl.concat([of_all["faults"], of_files, fill_columns(of_wholes)])},
        submissions=submissions,
        compared=compared,
    )
