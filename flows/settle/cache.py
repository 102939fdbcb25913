"""Caches the result of each period, so that only periods with new submissions are judged again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial

from flows.cache import PERIODS_CACHE
from flows.collect.submission import Submission
from flows.intake.cache import SubmissionCache
from flows.intake.model import CleanedSubmission, SubmissionSummary, summarize
from flows.root import Root
from flows.settle.model import PeriodRecords, Read, SettledPeriod
from flows.settle.owners import owner_tie
from flows.settle.periods import Earlier, judge_periods, period_before
from schemas.contract import Dataset
from schemas.registry import Contracts

# More rows than a commune has in a period: judging them again takes less time than caching them.
_MOST_ROWS_KEPT = 300_000


class DamagedError(RuntimeError):
    """The cached records of a period are damaged, and a file that they came from can't be read today."""


class PeriodCache:
    """All periods for which submissions of `summaries` have records; `submissions` gives the cleaned ones.

    In this order: `read_missing`, then `judge` if a period is missing, then `all_periods`. With `fresh`
    nothing is taken from the cache on disk and nothing is written to it. With `frozen` nothing is written.
    """

    def __init__(
        self,
        root: Root,
        contracts: Contracts,
        submissions: SubmissionCache,
        summaries: Sequence[SubmissionSummary],
        *,
        fresh: bool = False,
        frozen: bool = False,
    ) -> None:
        self._contracts = contracts
        self._submissions = submissions
        self._cache = None if fresh else PERIODS_CACHE.open_in(root, frozen=frozen)
        self._periods: dict[str, PeriodRecords] = {}
        self._to_judge: tuple[list[CleanedSubmission], Earlier] = ([], Earlier({}, ()))
        self._take(summaries)

    def _take(self, summaries: Sequence[SubmissionSummary]) -> None:
        self.summaries = summaries
        self._came = _group_by_period(summaries)
        self._keys = _make_keys(self._came, summaries, self._contracts) if self._cache else {}

    def read_missing(self) -> list[str]:
        """Read what came for the periods that are not in the cache; returns their labels.

        A submission that was read on an earlier day and can't be read today becomes `lost` in `summaries`.
        """
        self._periods = self._fetch()
        missing = sorted(self._came.keys() - self._periods.keys())
        cleaned, earlier = self._clean(missing), self._find_earlier(missing)
        lost = {one.submission: summarize(one) for one in (*cleaned, *earlier.cleaned) if one.lost}
        if lost:
            self._take([lost.get(summary.submission, summary) for summary in self.summaries])
            return self.read_missing()
        self._to_judge = cleaned, earlier
        return missing

    def judge(self, missing: Collection[str]) -> None:
        """Judge and settle the periods that `read_missing` named."""
        cleaned, earlier = self._to_judge
        for records in judge_periods(cleaned, missing, self._contracts, earlier):
            self._periods[records.settled.label] = self._keep(records)
        self._to_judge = ([], Earlier({}, ()))

    def all_periods(self) -> list[PeriodRecords]:
        """Every period, in order; what the cache holds of others is removed."""
        self._submissions.let_go()
        if self._cache:
            self._cache.sweep(each for key in self._keys.values() for each in (key, _records_key(key)))
        return [records for _, records in sorted(self._periods.items())]

    def _fetch(self) -> dict[str, PeriodRecords]:
        found: dict[str, PeriodRecords] = {}
        for label, key in self._keys.items():
            settled = self._cache.get(key) if self._cache else None
            if settled is not None:
                found[label] = PeriodRecords(settled, partial(self._read, settled), key)
        return found

    def _clean(self, labels: Collection[str]) -> list[CleanedSubmission]:
        """Every submission with records for these periods, cleaned."""
        return self._submissions.clean(sorted({one for label in labels for one in self._came[label]}))

    def _find_earlier(self, missing: Collection[str]) -> Earlier:
        """What those of `missing` are compared with, from periods that are not judged again."""
        wanted = {
            (summary.submission.unit, dataset, period_before(dataset, label, self._contracts.datasets))
            for summary in self.summaries
            for dataset, label in summary.brings
            if label in missing
        }
        in_effect = {
            owes: one
            for records in self._periods.values()
            for owes, one in records.settled.in_effect.items()
            if owes in wanted
        }
        counted = {each for one in in_effect.values() for each in (one.submission, *one.borrowed)}
        submissions = counted | self._find_owners(missing)
        return Earlier(in_effect, self._submissions.clean(sorted(submissions)))

    def _find_owners(self, missing: Collection[str]) -> set[Submission]:
        """The submissions of earlier periods that say whose the records of those of `missing` are."""
        datasets = self._contracts.datasets
        wanted: set[tuple[str, str]] = set()
        brought = {each for summary in self.summaries for each in summary.brings}
        for name, label in brought:
            tie, former = owner_tie(datasets[name]), period_before(name, label, datasets)
            if tie is None or former is None or label not in missing or former in missing:
                continue
            wanted.add((name, former))
            if (tie.to, label) not in brought:
                wanted.add((tie.to, former))
        return {each.submission for each in self.summaries if not wanted.isdisjoint(each.brings)}

    def _read(self, settled: SettledPeriod) -> Read:
        """The records of a cached period; judged again if the cached records are damaged.

        Raises:
            DamagedError: a submission that they came from can't be read today.
        """
        assert self._cache
        key = _records_key(self._keys[settled.label])
        cached: Read | None = self._cache.get(key)
        if cached is not None:
            return cached
        only = [settled.label]
        again = judge_periods(self._clean(only), only, self._contracts, self._find_earlier(only))
        self._submissions.let_go()
        if [records.settled.judged for records in again] != [settled.judged]:
            raise DamagedError(
                f"Phần đã lưu của kỳ {settled.label} bị hỏng, và có tệp hôm nay không đọc được."
            )
        read = again[0].read()
        self._cache.put(key, read)
        return read

    def _keep(self, records: PeriodRecords) -> PeriodRecords:
        if self._cache is None:
            return records
        settled, key = records.settled, self._keys[records.settled.label]
        if sum(one.records for one in settled.judged) <= _MOST_ROWS_KEPT:
            self._cache.put(_records_key(key), records.read())
            self._cache.put(key, settled)
        return PeriodRecords(settled, records.read, key)


def _records_key(key: str) -> str:
    """The key of a period's records, which are needed less often than the rest of it."""
    return f"{key}.ban_ghi"


def _group_by_period(summaries: Sequence[SubmissionSummary]) -> dict[str, list[Submission]]:
    found: dict[str, list[Submission]] = {}
    for summary in summaries:
        for label in dict.fromkeys(period for _, period in (*summary.brings, *summary.refused)):
            found.setdefault(label, []).append(summary.submission)
    return found


def _make_keys(
    came: Mapping[str, Sequence[Submission]], summaries: Sequence[SubmissionSummary], contracts: Contracts
) -> dict[str, str]:
    """The cache key of each period: its submissions, those it is compared with, the rules, the code."""
    earlier = _periods_before(summaries, contracts.datasets)
    return {
        label: PERIODS_CACHE.make_key(
            label, *submissions, "", *came.get(earlier.get(label, ""), ()), contracts.rules_hash
        )
        for label, submissions in came.items()
    }


def _periods_before(
    summaries: Sequence[SubmissionSummary], datasets: Mapping[str, Dataset]
) -> dict[str, str]:
    """For each period the one before it, if its submissions are compared with those."""
    brought = {(dataset, label) for summary in summaries for dataset, label in summary.brings}
    found = ((label, period_before(dataset, label, datasets)) for dataset, label in sorted(brought))
    return {label: earlier for label, earlier in found if earlier is not None}
