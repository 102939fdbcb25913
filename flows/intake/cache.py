"""Digests many submissions side by side: each file once for good, none able to take the run down with it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from flows.cache import Cache, hash_code, make_key
from flows.collect.submission import Submission
from flows.engine.workers import Guard, Limits, LostError, map_in_order
from flows.errors import place_of
from flows.intake.model import CleanedSubmission, ReadSubmission, SubmissionSummary, summarize
from flows.intake.owed import give_up, read_submission
from flows.intake.records import clean_submissions
from flows.read.problems import make_problem
from flows.root import Root
from schemas.registry import Contracts

_log = logging.getLogger(__name__)

Work: TypeAlias = Callable[[Submission], ReadSubmission]

#: Does the work on each submission, side by side where it can, as far as the guard lets it.
Each: TypeAlias = Callable[
    [Work, Sequence[Submission], Guard[Submission, ReadSubmission]], list[ReadSubmission]
]

#: Where under `var/` digests are kept.
KEPT = "doc"
# What is kept beside the digests: the accounts of all submissions.
_ACCOUNTS = "accounts"
#: What of our code a digest hangs on.
CODE = ("read", "clean", "collect", "intake", "protect.py", "words.py", "files.py")

_SLOW = "Đọc tệp mất quá lâu so với cỡ của tệp: tệp hỏng hoặc được làm để gây hại."
_SWOLLEN = "Đọc tệp cần quá nhiều bộ nhớ so với cỡ của tệp: tệp hỏng hoặc được làm để gây hại."
_FAILED = "Chương trình gặp lỗi khi đọc tệp này; các tệp khác vẫn được đọc. Báo người quản trị."
_SECONDS = 60.0
_BYTES_A_SECOND = 100_000
# An xlsx of plain records unpacks to about twenty times its size as Python values.
_HEADROOM = 256 << 20
_PER_BYTE = 60
# A long text file is read sooner than its digest would be written and fetched.
_LONGEST_TEXT_KEPT = 8 << 20
# Text is parsed without unpacking anything, by code that gives back an error and not a crash.
_PARSED_APART = (b"PK", b"\xd0\xcf", b"\x09", b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b" ", b"\r", b"\n", b"\t")


@dataclass(frozen=True, slots=True)
class SubmissionReader:
    """Reads submissions of one root; called with one, gives what it holds, as text."""

    root: Root
    contracts: Contracts

    def __call__(self, submission: Submission) -> ReadSubmission:
        """Read one submission."""
        return read_submission(submission, submission.content(self.root).read_bytes(), self.contracts)

    def guard(self) -> Guard[Submission, ReadSubmission]:
        """What a file may cost before it is refused alone."""
        return Guard(self.limits, _lost)

    def limits(self, submission: Submission) -> Limits | None:
        """What reading one file may cost; None where nothing is unpacked."""
        with submission.content(self.root).open("rb") as file:
            return limits_of(file.read(8), submission.size)


class SubmissionCache:
    """What is read of the submissions of one root: each file once, and kept for the days to come.

    `each` reads those that nothing is kept of. With `anew` all are read from the archive, and what is kept
    stays as it is.
    """

    def __init__(self, root: Root, contracts: Contracts, each: Each, *, anew: bool = False) -> None:
        self._reader = SubmissionReader(root, contracts)
        self._each = each
        self._cache = None if anew else Cache(root.state / KEPT)
        self._code = make_key(contracts.rules_hash, hash_code(*CODE))
        self._new: dict[Submission, CleanedSubmission] = {}

    def summaries(self, submissions: Sequence[Submission]) -> list[SubmissionSummary]:
        """The summary of each of `submissions`, which are all there are; cached values of others go."""
        known = self._known()
        missing = [one for one in submissions if one not in known]
        found = known | {one.submission: summarize(one) for one in self.all_cleaned(missing)}
        if self._cache:
            self._cache.sweep([self._name(_ACCOUNTS), *map(self._name, submissions)])
            kept = {one: found[one] for one in submissions if not found[one].lost}
            if kept != known:
                self._cache.put(self._name(_ACCOUNTS), kept)
        return [found[one] for one in submissions]

    def _known(self) -> dict[Submission, SubmissionSummary]:
        return (self._cache and self._cache.get(self._name(_ACCOUNTS))) or {}

    def all_cleaned(self, submissions: Sequence[Submission]) -> list[CleanedSubmission]:
        """The digest of each of `submissions`, in their order."""
        kept = [self._new.get(one) or self._kept(one) for one in submissions]
        missing = [one for one, found in zip(submissions, kept, strict=True) if found is None]
        new = self._read(missing) if missing else []
        for one, found in zip(missing, new, strict=True):
            self._new[one] = found
            if self._cache and not found.lost and _is_kept(one, self._reader):
                self._cache.put(self._name(one), found)
        rest = iter(new)
        return [next(rest) if found is None else found for found in kept]

    def _read(self, submissions: Sequence[Submission]) -> list[CleanedSubmission]:
        return _cleaned(self._each(self._reader, submissions, self._reader.guard()), self._reader.contracts)

    def let_go(self) -> None:
        """Hold what was read no longer in memory."""
        self._new.clear()

    def _kept(self, submission: Submission) -> CleanedSubmission | None:
        return self._cache.get(self._name(submission)) if self._cache else None

    def _name(self, what: Submission | str) -> str:
        return make_key(what, self._code)


def _is_kept(submission: Submission, reader: SubmissionReader) -> bool:
    return submission.size <= _LONGEST_TEXT_KEPT or reader.limits(submission) is not None


def clean_all_submissions(
    submissions: Sequence[Submission], root: Root, contracts: Contracts, each: Each
) -> list[CleanedSubmission]:
    """The digest of each of `submissions`, in their order."""
    return SubmissionCache(root, contracts, each).all_cleaned(submissions)


def _cleaned(reads: Sequence[ReadSubmission], contracts: Contracts) -> list[CleanedSubmission]:
    """The digests of what was read; a file over which our code fails is refused alone."""
    try:
        return clean_submissions(reads, contracts)
    except Exception as error:
        if len(reads) == 1:
            return clean_submissions([_lost(reads[0].submission, error)], contracts)
        return [found for read in reads for found in _cleaned([read], contracts)]


def limits_of(start: bytes, size: int) -> Limits | None:
    """What reading `size` bytes that begin with `start` may cost; None where nothing is unpacked."""
    if not start.startswith(_PARSED_APART):
        return None
    return Limits(_SECONDS + size / _BYTES_A_SECOND, _HEADROOM + _PER_BYTE * size)


def read_side_by_side(
    work: Work, items: Sequence[Submission], guard: Guard[Submission, ReadSubmission]
) -> list[ReadSubmission]:
    """Read in worker processes, without a word about how far it is."""
    return map_in_order(work, items, guard=guard)


def _lost(submission: Submission, error: Exception) -> ReadSubmission:
    """A file over which its process died or our code failed."""
    if isinstance(error, LostError):
        return give_up(submission, make_problem("tep.nguy_hiem", _SLOW if error.late else _SWOLLEN))
    # Where our code failed, for those who mend it; what it failed over may be about a person.
    _log.error("%s: %s %s", submission.sha256[:12], type(error).__name__, place_of(error))
    return give_up(submission, make_problem("tep.khong_mo_duoc", _FAILED))
