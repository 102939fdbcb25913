"""Checks a root for problems that would make a run fail or expose private files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from flows.forget.tombstones import count_unfinished
from flows.protect import key_file
from flows.release.publish import list_staged
from flows.root import Root

ENOUGH = 1 << 30


def check_health(root: Root) -> Iterator[tuple[bool, str]]:
    """Yield the result of each check: whether it passed, and a Vietnamese sentence."""
    free = shutil.disk_usage(root.path).free
    yield free > ENOUGH, f"Đĩa còn trống {free >> 20} MB"
    for folder in (root.inbox, root.archive, root.releases, root.state):
        usable = folder.is_dir() and os.access(folder, os.R_OK | os.W_OK | os.X_OK)
        yield usable, f"Đọc, ghi được {folder}" if usable else f"Không đọc, ghi được {folder}"
    key = key_file(root)
    made = key.path.exists() or key.copy.exists()
    yield made, "Có khóa var/key" if made else "Chưa có khóa var/key: lần chạy đầu sẽ tạo"
    for path in (root.state, root.archive):
        private = path.is_dir() and path.stat().st_mode & 0o077 == 0
        yield private, f"{path.name} chỉ chủ đọc được" if private else f"{path} người khác cũng đọc được"
    left = bool(list_staged(root)[1])
    yield not left, "Còn vết của lượt bị ngắt: lượt sau sẽ dọn" if left else "Không có vết của lượt bị ngắt"
    unfinished = count_unfinished(root)
    yield (
        not unfinished,
        f"{unfinished} yêu cầu xóa chưa xong: chạy lại dulieuxa erase"
        if unfinished
        else "Không có yêu cầu xóa dở dang",
    )


def find_unowned_folders(root: Root, units: frozenset[str]) -> Iterator[Path]:
    """Folders of the inbox that are not named after a unit."""
    if root.inbox.is_dir():
        yield from (path for path in sorted(root.inbox.iterdir()) if path.name not in units and path.is_dir())
