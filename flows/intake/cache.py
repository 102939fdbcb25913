"""Reads and cleans many submissions in parallel, and caches the result of each.

A file that makes its reader crash, hang or use too much memory is refused; the others are still read.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TypeAlias

from flows.cache import SUBMISSIONS_CACHE
from flows.collect.submission import Submission
from flows.engine.workers import Guard, Limits, LostError, map_in_order
from flows.errors import place_of
from flows.intake.model import CleanedSubmission, ReadSubmission, SubmissionSummary, summarize
from flows.intake.owed import give_up, read_submission
from flows.intake.records import clean_submissions
from flows.read.formats.container import is_text
from flows.read.problems import make_problem
from flows.root import Root
from schemas.registry import Contracts

_log = logging.getLogger(__name__)

Work: TypeAlias = Callable[[Submission], ReadSubmission]

#: Runs the work on each submission, in parallel if it can, within the limits of the guard.
Each: TypeAlias = Callable[
    [Work, Sequence[Submission], Guard[Submission, ReadSubmission]], list[ReadSubmission]
]

# Name of the one cache entry that holds the summaries of all submissions.
_SUMMARIES = "accounts"

_TOO_SLOW = "Đọc tệp mất quá lâu so với cỡ của tệp: tệp hỏng hoặc được làm để gây hại."
_TOO_MUCH_MEMORY = "Đọc tệp cần quá nhiều bộ nhớ so với cỡ của tệp: tệp hỏng hoặc được làm để gây hại."
_FAILED = "Chương trình gặp lỗi khi đọc tệp này; các tệp khác vẫn được đọc. Báo người quản trị."
_DAMAGED = "Nội dung tệp trong kho lưu bị mất hoặc bị đổi: nộp lại tệp này, hoặc khôi phục từ bản sao lưu."
_SECONDS = 60.0
_BYTES_PER_SECOND = 100_000
# An xlsx of plain records takes about twenty times its size as Python values; the limit is three times that.
_MEMORY_BASE = 256 << 20
_MEMORY_PER_BYTE = 60
# Reading a longer text file again is faster than writing and loading its cache entry; and it is read in this
# process, because sending its cells from another one costs more. Its cost grows with its size alone.
_LARGE_TEXT = 8 << 20
#: How many bytes of a file tell what it is.
START = 1 << 16


@dataclass(frozen=True, slots=True)
class SubmissionReader:
    """Reads the submissions of one root. Picklable, so that worker processes can call it."""

    root: Root
    contracts: Contracts

    def __call__(self, submission: Submission) -> ReadSubmission:
        """Read one submission from the archive; its cells stay text."""
        content = submission.content(self.root)
        try:
            data = content.read_bytes()
        except (FileNotFoundError, PermissionError):
            data = b""
        if sha256(data).hexdigest() != submission.sha256:
            return give_up(submission, make_problem("tep.kho_luu_hong", _DAMAGED))
        return read_submission(submission, data, self.contracts)

    def guard(self) -> Guard[Submission, ReadSubmission]:
        """The limits of a file, and what to return if reading it fails."""
        return Guard(self.limits, _refuse)

    def limits(self, submission: Submission) -> Limits | None:
        """Time and memory that reading one file may take; None if it is read in this process."""
        try:
            with submission.content(self.root).open("rb") as file:
                return limits_of(file.read(START), submission.size)
        except (FileNotFoundError, PermissionError):
            return None


class SubmissionCache:
    """The cleaned submissions of one root, read once per content and code version, then cached on disk.

    `each` reads the submissions that are not cached. With `fresh` the cache is neither read nor written:
    everything is read from the archive. With `frozen` nothing is written.
    """

    def __init__(
        self, root: Root, contracts: Contracts, each: Each, *, fresh: bool = False, frozen: bool = False
    ) -> None:
        self._reader = SubmissionReader(root, contracts)
        self._each = each
        self._cache = None if fresh else SUBMISSIONS_CACHE.open_in(root, frozen=frozen)
        self._new: dict[Submission, CleanedSubmission] = {}

    def summaries(self, submissions: Sequence[Submission]) -> list[SubmissionSummary]:
        """The summary of each of `submissions`, in their order.

        `submissions` must be all submissions of the root: cache entries of any other are deleted.
        """
        known = self._load_summaries()
        missing = [one for one in submissions if one not in known]
        summaries = known | {one.submission: summarize(one) for one in self.clean(missing)}
        if self._cache:
            self._cache.sweep([self._name(_SUMMARIES), *map(self._name, submissions)])
            kept = {one: summaries[one] for one in submissions if not summaries[one].lost}
            if kept != known:
                self._cache.put(self._name(_SUMMARIES), kept)
        # What is cached may have been known before its sender took the file back.
        return [replace(summaries[one], submission=one) for one in submissions]

    def _load_summaries(self) -> dict[Submission, SubmissionSummary]:
        return (self._cache and self._cache.get(self._name(_SUMMARIES))) or {}

    def clean(self, submissions: Sequence[Submission]) -> list[CleanedSubmission]:
        """The cleaned form of each of `submissions`, in their order."""
        cached = [self._new.get(one) or self._load(one) for one in submissions]
        missing = [one for one, cleaned in zip(submissions, cached, strict=True) if cleaned is None]
        new = self._read(missing) if missing else []
        for one, cleaned in zip(missing, new, strict=True):
            self._new[one] = cleaned
            if self._cache and not cleaned.lost and _is_worth_caching(one, self._reader):
                self._cache.put(self._name(one), cleaned)
        rest = iter(new)
        return [next(rest) if cleaned is None else cleaned for cleaned in cached]

    def _read(self, submissions: Sequence[Submission]) -> list[CleanedSubmission]:
        return _clean_or_refuse(
            self._each(self._reader, submissions, self._reader.guard()), self._reader.contracts
        )

    def add(self, cleaned: CleanedSubmission) -> None:
        """Take a submission that is not in the archive."""
        self._new[cleaned.submission] = cleaned

    def let_go(self) -> None:
        """Free the memory of the submissions read by this object."""
        self._new.clear()

    def _load(self, submission: Submission) -> CleanedSubmission | None:
        return self._cache.get(self._name(submission)) if self._cache else None

    def _name(self, what: Submission | str) -> str:
        return SUBMISSIONS_CACHE.make_key(what, self._reader.contracts.rules_hash)


def _is_worth_caching(submission: Submission, reader: SubmissionReader) -> bool:
    return submission.size <= _LARGE_TEXT or reader.limits(submission) is not None


def clean_all_submissions(
    submissions: Sequence[Submission], root: Root, contracts: Contracts, each: Each
) -> list[CleanedSubmission]:
    """The cleaned form of each of `submissions`, in their order."""
    return SubmissionCache(root, contracts, each).clean(submissions)


def _clean_or_refuse(reads: Sequence[ReadSubmission], contracts: Contracts) -> list[CleanedSubmission]:
    """Clean all of `reads`; if our code fails, clean them one by one and refuse only those that fail."""
    try:
        return clean_submissions(reads, contracts)
    except Exception as error:
        if len(reads) == 1:
            return clean_submissions([_refuse(reads[0].submission, error)], contracts)
        return [cleaned for read in reads for cleaned in _clean_or_refuse([read], contracts)]


def limits_of(start: bytes, size: int) -> Limits | None:
    """Time and memory for reading `size` bytes that begin with `start`.

    None if the file is a large text, which is read in this process without limits.
    """
    if size > _LARGE_TEXT and is_text(start):
        return None
    return Limits(_SECONDS + size / _BYTES_PER_SECOND, _MEMORY_BASE + _MEMORY_PER_BYTE * size)


def read_side_by_side(
    work: Work, items: Sequence[Submission], guard: Guard[Submission, ReadSubmission]
) -> list[ReadSubmission]:
    """Read in worker processes, without progress messages."""
    return map_in_order(work, items, guard=guard)


def read_one_by_one(
    work: Work, items: Sequence[Submission], _: Guard[Submission, ReadSubmission]
) -> list[ReadSubmission]:
    """Read in this process, which has limits of its own and can't start others."""
    return [work(one) for one in items]


def _refuse(submission: Submission, error: Exception) -> ReadSubmission:
    """The submission refused, because its reader process died or our code failed."""
    if isinstance(error, LostError):
        return give_up(
            submission, make_problem("tep.nguy_hiem", _TOO_SLOW if error.late else _TOO_MUCH_MEMORY)
        )
    # Log only the type and the place of the error: its message may hold personal data.
    _log.error("%s: %s %s", submission.sha256[:12], type(error).__name__, place_of(error))
    return give_up(submission, make_problem("tep.khong_mo_duoc", _FAILED))
