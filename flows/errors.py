"""Says what went wrong in a sentence that quotes nobody: a traceback may carry what somebody typed."""

from __future__ import annotations

import errno
import re
from collections.abc import Sequence
from traceback import format_tb

from schemas.declared import DeclarationError


class AuditRefusedError(RuntimeError):
    """The audit refused the day's release; its message says why, in counts."""

    def __init__(self, faults: Sequence[str], surprises: Sequence[str]) -> None:
        self.faults = tuple(faults)
        self.surprises = tuple(surprises)
        self.reasons = (*self.faults, *self.surprises)
        super().__init__("\n".join(explain_refusal(self.faults, self.surprises)))


def explain_refusal(faults: Sequence[str], surprises: Sequence[str]) -> list[str]:
    """The refusal for people, a line a reason, and what to do."""
    said = ["Không công bố: kiểm toán từ chối, bản trước giữ nguyên."]
    said += [f"- {fault}" for fault in faults]
    said += [f"- Thay đổi bất thường: {surprise}" for surprise in surprises]
    if not faults:
        said.append("Nếu thay đổi là đúng, chạy lại với: dulieuxa run --acknowledge LÝ_DO.")
    return said


class ForeignStateError(RuntimeError):
    """What this program keeps for itself belongs to somebody else, who could make it do anything."""


class LockedError(RuntimeError):
    """Another run holds the lock of this root."""


class OpenLineError(ValueError):
    """A server on another machine would be told secrets on a line that others can read."""


class BackupError(RuntimeError):
    """A backup can't be made there, or can't be used."""


class PortTakenError(RuntimeError):
    """Another program listens where ours wants to."""


class NeedsLinuxError(RuntimeError):
    """This system lacks what a day's run or the server needs."""


class MissingPartError(RuntimeError):
    """A part of this program that not everybody needs is not installed. The message says how to get it."""


class NoRootError(LookupError):
    """Nothing is where a commune should be."""


class NoReleaseError(LookupError):
    """There is no such release."""


class DamagedReleaseError(LookupError):
    """A release is not as it was published. The message says what is wrong and what to do."""


class BadKeyError(ValueError):
    """A key file does not hold a key. The message says what is wrong and what to do."""


class RuleDidNotRunError(RuntimeError):
    """A rule gave no result: nothing may be published, whatever the data."""


class ConservationError(RuntimeError):
    """Rows or files were lost between reading and publishing: nothing may be published."""


class NotAsDeclaredError(RuntimeError):
    """Tables or records are not as their schemas declare: nothing may be published."""

    def __init__(self, found: Sequence[str]) -> None:
        lines = (f"- {each}" for each in found)
        super().__init__("\n".join(["Lỗi của chương trình: bảng sắp công bố không như đã khai.", *lines]))


#: What the disk may answer, in words.
DISK = {
    errno.ENOSPC: "Đĩa đầy.",
    errno.EDQUOT: "Hết hạn mức đĩa.",
    errno.EROFS: "Thư mục của xã chỉ đọc được, không ghi được.",
    errno.EACCES: "Không có quyền ghi vào thư mục của xã.",
    errno.ENOTDIR: "Nơi cần thư mục của xã lại là một tệp.",
}

# Errors whose messages are made for people.
_FOR_PEOPLE = (
    AuditRefusedError,
    BackupError,
    BadKeyError,
    DamagedReleaseError,
    DeclarationError,
    ForeignStateError,
    LockedError,
    MissingPartError,
    NeedsLinuxError,
    NoReleaseError,
    NoRootError,
    NotAsDeclaredError,
    OpenLineError,
)


def message_of(error: Exception) -> str:
    """What `error` says where it was made for people, else its kind and where it happened."""
    if isinstance(error, _FOR_PEOPLE):
        return str(error)
    if isinstance(error, OSError) and error.errno in DISK:
        return DISK[error.errno]
    return f"Lỗi của chương trình ({type(error).__name__}) tại {place_of(error)}."


def place_of(error: BaseException) -> str:
    """File and line that raised `error`, here or in a worker, which sends its traceback along as a note."""
    trace = "".join(getattr(error, "__notes__", ())) or "".join(format_tb(error.__traceback__))
    lines = re.findall(r'File "(?:[^"]*/)?([^"/]+)", line (\d+)', trace)
    return ":".join(lines[-1]) if lines else "không rõ"
