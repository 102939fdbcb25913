"""Says what went wrong in a sentence that quotes nobody: a traceback may carry what somebody typed."""

from __future__ import annotations

import errno
import re
from traceback import format_tb

from flows.refusal import AuditRefusedError
from flows.root import LockedError, NoReleaseError, NoRootError
from schemas.declared import DeclarationError

#: What the disk may answer, in words.
DISK = {
    errno.ENOSPC: "Đĩa đầy.",
    errno.EDQUOT: "Hết hạn mức đĩa.",
    errno.EROFS: "Thư mục của xã chỉ đọc được, không ghi được.",
    errno.EACCES: "Không có quyền ghi vào thư mục của xã.",
    errno.ENOTDIR: "Nơi cần thư mục của xã lại là một tệp.",
}


def told(error: Exception) -> str:
    """What `error` says where it was made for people, else its kind and where it happened."""
    if isinstance(error, (AuditRefusedError, DeclarationError, LockedError, NoReleaseError, NoRootError)):
        return str(error)
    if isinstance(error, OSError) and error.errno in DISK:
        return DISK[error.errno]
    return f"Lỗi của chương trình ({type(error).__name__}) tại {place(error)}."


def place(error: BaseException) -> str:
    """File and line that raised `error`, here or in a worker, which sends its traceback along as a note."""
    trace = "".join(getattr(error, "__notes__", ())) or "".join(format_tb(error.__traceback__))
    lines = re.findall(r'File "(?:[^"]*/)?([^"/]+)", line (\d+)', trace)
    return ":".join(lines[-1]) if lines else "không rõ"
