"""Says what went wrong in a sentence that quotes nobody: a traceback may carry what somebody typed."""

from __future__ import annotations

import errno
from pathlib import Path

from flows.refusal import AuditRefusedError
from flows.root import LockedError, NoReleaseError

#: What the disk may answer, in words.
DISK = {
    errno.ENOSPC: "Đĩa đầy.",
    errno.EDQUOT: "Hết hạn mức đĩa.",
    errno.EROFS: "Thư mục của xã chỉ đọc được, không ghi được.",
    errno.EACCES: "Không có quyền ghi vào thư mục của xã.",
}


def told(error: Exception) -> str:
    """What `error` says where it was made for people, else its kind and where it happened."""
    if isinstance(error, (AuditRefusedError, LockedError, NoReleaseError)):
        return str(error)
    if isinstance(error, OSError) and error.errno in DISK:
        return DISK[error.errno]
    return f"Lỗi của chương trình ({type(error).__name__}) tại {_place(error)}."


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "không rõ"
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
