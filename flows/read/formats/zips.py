"""Lists the files in a submitted zip, without folders, lock files and operating system files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from flows.read.formats import danger
from flows.read.formats.container import BROKEN, ZIP_ERRORS
from flows.read.problems import RefusedError
from flows.system.litter import is_litter

_MAX_FILES = 500


def list_members(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Path within the zip and content of each of its files, sorted by path.

    Raises:
        RefusedError: the zip is broken, encrypted, empty or harmful.
    """
    danger.check_size(len(data), danger.MAX_WORKBOOK)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            danger.check_entries(archive, len(data))
            names = sorted(name for name in archive.namelist() if not _is_left_out(name))
            if not names or len(names) > _MAX_FILES:
                raise RefusedError("tep.khong_phai_bang_tinh", f"Tệp nén chứa {len(names)} tệp bảng tính.")
            for name in names:
                yield name, archive.read(name)
    except ZIP_ERRORS as error:
        raise RefusedError("tep.khong_mo_duoc", BROKEN) from error


def _is_left_out(name: str) -> bool:
    """Whether an entry is a folder, or it or its folder is one that systems leave behind."""
    return name.endswith("/") or any(map(is_litter, PurePosixPath(name).parts))
