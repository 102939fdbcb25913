"""Keeps what each period came to, so that only those for which something came in are judged again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

from flows.cache import Shelf, code_of, name_of
from flows.collect.hand_in import HandIn
from flows.intake.cache import CODE as READING
from flows.intake.cache import Readings
from flows.intake.model import Account, Digest, account_of
from flows.root import Root
from flows.settle.model import Chapter, Read, Season
from flows.settle.periods import CODE as SETTLING
from flows.settle.periods import Earlier, chapters_of, label_before
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


class Seasons:
    """All periods that the hand-ins of `accounts` brought something for; `readings` gives their digests.

    With `anew` nothing is taken from what is kept, and nothing kept.
    """

    def __init__(
        self,
        root: Root,
        contracts: Contracts,
        readings: Readings,
        accounts: Sequence[Account],
        *,
        anew: bool = False,
    ) -> None:
        self._contracts = contracts
        self._readings = readings
        self._shelf = None if anew else Shelf(root.state / KEPT)
        self._take(accounts)

    def _take(self, accounts: Sequence[Account]) -> None:
        self.accounts = accounts
        self._came = _by_period(accounts)
        self._names = _names(self._came, accounts, self._contracts) if self._shelf else {}

    def chapters(self, judge: Callable[[Callable[[], list[Chapter]]], list[Chapter]]) -> list[Chapter]:
        """What each period came to, in order; those of which nothing is kept are judged by way of `judge`.

        `accounts` say then of a hand-in that was read before, and can't be read again, that it is lost.
        """
        kept = self._kept()
        missing = self._came.keys() - kept.keys()
        digests, earlier = self._digests(missing), self._earlier(missing, kept)
        lost = {one.hand_in: account_of(one) for one in (*digests, *earlier.digests) if one.lost}
        if lost:
            self._take([lost.get(account.hand_in, account) for account in self.accounts])
            return self.chapters(judge)
        new = judge(partial(chapters_of, digests, missing, self._contracts, earlier)) if missing else []
        self._readings.let_go()
        every = kept | {chapter.season.label: self._keep(chapter) for chapter in new}
        if self._shelf:
            self._shelf.sweep(each for name in self._names.values() for each in (name, _records(name)))
        return [chapter for _, chapter in sorted(every.items())]

    def _kept(self) -> dict[str, Chapter]:
        found: dict[str, Chapter] = {}
        for label, name in self._names.items():
            season = self._shelf.get(name) if self._shelf else None
            if season is not None:
                found[label] = Chapter(season, partial(self._read, season), name)
        return found

    def _digests(self, labels: Collection[str]) -> list[Digest]:
        """The digests of all that brought something for these periods."""
        return self._readings.digests(sorted({one for label in labels for one in self._came[label]}))

    def _earlier(self, labels: Collection[str], kept: Mapping[str, Chapter]) -> Earlier:
        """What is kept that hand-ins for these periods are compared with."""
        asked = {
            (account.hand_in.unit, dataset, label_before(dataset, label, self._contracts.datasets))
            for account in self.accounts
            for dataset, label in account.brings
            if label in labels
        }
        in_effect = {
            owes: one
            for chapter in kept.values()
            for owes, one in chapter.season.in_effect.items()
            if owes in asked
        }
        hand_ins = sorted({one.hand_in for one in in_effect.values()})
        return Earlier(in_effect, self._readings.digests(hand_ins))

    def _read(self, season: Season) -> Read:
        """The records of a season, as kept, or judged once more where that was damaged."""
        assert self._shelf
        kept: Read | None = self._shelf.get(_records(self._names[season.label]))
        if kept is not None:
            return kept
        again = chapters_of(self._digests([season.label]), [season.label], self._contracts)
        self._readings.let_go()
        if [chapter.season.judged for chapter in again] != [season.judged]:
            raise DamagedError(
                f"Phần đã lưu của kỳ {season.label} bị hỏng, và có tệp hôm nay không đọc được."
            )
        read = again[0].read()
        self._shelf.put(_records(self._names[season.label]), read)
        return read

    def _keep(self, chapter: Chapter) -> Chapter:
        if self._shelf is None:
            return chapter
        name = self._names[chapter.season.label]
        if sum(one.records for one in chapter.season.judged) <= _MOST_ROWS_KEPT:
            self._shelf.put(_records(name), chapter.read())
            self._shelf.put(name, chapter.season)
        return Chapter(chapter.season, chapter.read, name)


def _records(name: str) -> str:
    """What the records of a season are kept under: they are asked for less often than all else of it."""
    return f"{name}.ban_ghi"


def _by_period(accounts: Sequence[Account]) -> dict[str, list[HandIn]]:
    found: dict[str, list[HandIn]] = {}
    for account in accounts:
        for label in dict.fromkeys(period for _, period in account.brings):
            found.setdefault(label, []).append(account.hand_in)
    return found


def _names(
    came: Mapping[str, Sequence[HandIn]], accounts: Sequence[Account], contracts: Contracts
) -> dict[str, str]:
    """By period the name that tells all it hangs on: its hand-ins, and those that it is compared with."""
    former = _former(accounts, contracts.datasets)
    code = code_of(*CODE)
    return {
        label: name_of(label, *hand_ins, "", *came.get(former.get(label, ""), ()), contracts.rules, code)
        for label, hand_ins in came.items()
    }


def _former(accounts: Sequence[Account], datasets: Mapping[str, Dataset]) -> dict[str, str]:
    """By period the one before it, where hand-ins are compared with those of that."""
    brought = {(dataset, label) for account in accounts for dataset, label in account.brings}
    found = ((label, label_before(dataset, label, datasets)) for dataset, label in sorted(brought))
    return {label: earlier for label, earlier in found if earlier is not None}
