"""Keeps what each period came to, so that only those for which something came in are judged again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

from flows.cache import Cache, hash_code, make_key
from flows.collect.submission import Submission
from flows.intake.cache import CODE as READING
from flows.intake.cache import SubmissionCache
from flows.intake.model import CleanedSubmission, SubmissionSummary, summarize
from flows.root import Root
from flows.settle.model import PeriodRecords, Read, SettledPeriod
from flows.settle.periods import CODE as SETTLING
from flows.settle.periods import Earlier, judge_periods, period_before
from schemas.contract import Dataset
from schemas.registry import Contracts

#: Where under `var/` it is kept what periods came to.
KEPT = "xet"
#: What of our code that hangs on.
CODE = (*READING, *SETTLING)

# More rows than a commune has in a period: they are judged again sooner than kept and fetched.
_MOST_ROWS_KEPT = 300_000


class DamagedError(RuntimeError):
    """What a period came to is damaged, and a file that it was made from can't be read today."""


class PeriodCache:
    """All periods that the submissions of `accounts` brought something for; `readings` gives their digests.

    With `anew` nothing is taken from what is kept, and nothing kept.
    """

    def __init__(
        self,
        root: Root,
        contracts: Contracts,
        readings: SubmissionCache,
        summaries: Sequence[SubmissionSummary],
        *,
        anew: bool = False,
    ) -> None:
        self._contracts = contracts
        self._readings = readings
        self._cache = None if anew else Cache(root.state / KEPT)
        self._take(summaries)

    def _take(self, summaries: Sequence[SubmissionSummary]) -> None:
        self.summaries = summaries
        self._came = _by_period(summaries)
        self._names = _names(self._came, summaries, self._contracts) if self._cache else {}

    def periods(
        self, judge: Callable[[Callable[[], list[PeriodRecords]]], list[PeriodRecords]]
    ) -> list[PeriodRecords]:
        """What each period came to, in order; those of which nothing is kept are judged by way of `judge`.

        `accounts` say then of a submission that was read before, and can't be read again, that it is lost.
        """
        kept = self._kept()
        missing = self._came.keys() - kept.keys()
        all_cleaned, earlier = self._digests(missing), self._earlier(missing, kept)
        lost = {one.submission: summarize(one) for one in (*all_cleaned, *earlier.all_cleaned) if one.lost}
        if lost:
            self._take([lost.get(summary.submission, summary) for summary in self.summaries])
            return self.periods(judge)
        new = judge(partial(judge_periods, all_cleaned, missing, self._contracts, earlier)) if missing else []
        self._readings.let_go()
        every = kept | {
            period_records.settled_period.label: self._keep(period_records) for period_records in new
        }
        if self._cache:
            self._cache.sweep(each for name in self._names.values() for each in (name, _records(name)))
        return [period_records for _, period_records in sorted(every.items())]

    def _kept(self) -> dict[str, PeriodRecords]:
        found: dict[str, PeriodRecords] = {}
        for label, name in self._names.items():
            settled_period = self._cache.get(name) if self._cache else None
            if settled_period is not None:
                found[label] = PeriodRecords(settled_period, partial(self._read, settled_period), name)
        return found

    def _digests(self, labels: Collection[str]) -> list[CleanedSubmission]:
        """The digests of all that brought something for these periods."""
        return self._readings.all_cleaned(sorted({one for label in labels for one in self._came[label]}))

    def _earlier(self, labels: Collection[str], kept: Mapping[str, PeriodRecords]) -> Earlier:
        """What is kept that submissions for these periods are compared with."""
        asked = {
            (summary.submission.unit, dataset, period_before(dataset, label, self._contracts.datasets))
            for summary in self.summaries
            for dataset, label in summary.brings
            if label in labels
        }
        in_effect = {
            owes: one
            for period_records in kept.values()
            for owes, one in period_records.settled_period.in_effect.items()
            if owes in asked
        }
        submissions = sorted({one.submission for one in in_effect.values()})
        return Earlier(in_effect, self._readings.all_cleaned(submissions))

    def _read(self, settled_period: SettledPeriod) -> Read:
        """The records of a season, as kept, or judged once more where that was damaged."""
        assert self._cache
        kept: Read | None = self._cache.get(_records(self._names[settled_period.label]))
        if kept is not None:
            return kept
        again = judge_periods(self._digests([settled_period.label]), [settled_period.label], self._contracts)
        self._readings.let_go()
        if [period_records.settled_period.judged for period_records in again] != [settled_period.judged]:
            raise DamagedError(
                f"Phần đã lưu của kỳ {settled_period.label} bị hỏng, và có tệp hôm nay không đọc được."
            )
        read = again[0].read()
        self._cache.put(_records(self._names[settled_period.label]), read)
        return read

    def _keep(self, period_records: PeriodRecords) -> PeriodRecords:
        if self._cache is None:
            return period_records
        name = self._names[period_records.settled_period.label]
        if sum(one.records for one in period_records.settled_period.judged) <= _MOST_ROWS_KEPT:
            self._cache.put(_records(name), period_records.read())
            self._cache.put(name, period_records.settled_period)
        return PeriodRecords(period_records.settled_period, period_records.read, name)


def _records(name: str) -> str:
    """What the records of a season are kept under: they are asked for less often than all else of it."""
    return f"{name}.ban_ghi"


def _by_period(summaries: Sequence[SubmissionSummary]) -> dict[str, list[Submission]]:
    found: dict[str, list[Submission]] = {}
    for summary in summaries:
        for label in dict.fromkeys(period for _, period in summary.brings):
            found.setdefault(label, []).append(summary.submission)
    return found


def _names(
    came: Mapping[str, Sequence[Submission]], summaries: Sequence[SubmissionSummary], contracts: Contracts
) -> dict[str, str]:
    """By period the name that tells all it hangs on: its submissions, and those that it is compared with."""
    former = _former(summaries, contracts.datasets)
    code = hash_code(*CODE)
    return {
        label: make_key(
            label, *submissions, "", *came.get(former.get(label, ""), ()), contracts.rules_hash, code
        )
        for label, submissions in came.items()
    }


def _former(summaries: Sequence[SubmissionSummary], datasets: Mapping[str, Dataset]) -> dict[str, str]:
    """By period the one before it, where submissions are compared with those of that."""
    brought = {(dataset, label) for summary in summaries for dataset, label in summary.brings}
    found = ((label, period_before(dataset, label, datasets)) for dataset, label in sorted(brought))
    return {label: earlier for label, earlier in found if earlier is not None}
