"""Checks a root for problems that would make a run fail or expose private files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from flows.books.book import list_books
from flows.collect.archive import list_set_aside, scan_receipts
from flows.collect.inbox import DAMAGED
from flows.forget.tombstones import count_unfinished, mark_key_file
from flows.protect import key_file
from flows.release.journal import read_journal
from flows.release.publish import STAGING, read_published
from flows.root import Root

ENOUGH = 1 << 30


def check_health(root: Root) -> Iterator[tuple[bool, str]]:
    """Yield the result of each check: whether it passed, and a Vietnamese sentence."""
    free = shutil.disk_usage(root.path).free
    yield free > ENOUGH, f"Đĩa còn trống {free >> 20} MB"
    for folder in (root.inbox, root.archive, root.releases, root.state):
        usable = folder.is_dir() and os.access(folder, os.R_OK | os.W_OK | os.X_OK)
        yield usable, f"Đọc, ghi được {folder}" if usable else f"Không đọc, ghi được {folder}"
    key, of_marks = key_file(root), mark_key_file(root)
    if not key.path.exists():
        yield False, "Chưa có khóa var/key: lần chạy đầu sẽ tạo"
    for each in (key, of_marks):
        if each.path.exists():
            damage = each.describe_damage()
            yield damage is None, damage or f"Có khóa var/{each.path.name}"
    for path in (key.path, of_marks.path, root.state, root.archive):
        if path.exists():
            private = path.stat().st_mode & 0o077 == 0
            yield private, f"{path.name} chỉ chủ đọc được" if private else f"{path} người khác cũng đọc được"
    shown = read_published(root)
    complete = shown is None or (root.releases / shown / "manifest.json").exists()
    yield complete, "Bản đang cho xem có đủ" if complete else "curated/latest trỏ tới bản không còn"
    left = any(root.releases.glob(f"{STAGING}*"))
    yield not left, "Còn vết của lượt bị ngắt: lượt sau sẽ dọn" if left else "Không có vết của lượt bị ngắt"
    unfinished = count_unfinished(root)
    yield (
        not unfinished,
        f"{unfinished} yêu cầu xóa chưa xong: chạy lại dulieuxa erase"
        if unfinished
        else "Không có yêu cầu xóa dở dang",
    )
    yield from _check_books(root)
    for path in scan_receipts(root)[1]:
        yield False, f"Biên nhận {path} bị hỏng: lần chạy sau chuyển nó sang var/hong và nhận lại tệp"
    for path in list_set_aside(root):
        yield False, f"{path}: {DAMAGED}. Xong việc thì xóa"
    if root.latest.is_dir() and not root.latest.is_symlink():
        yield False, f"{root.latest} là thư mục, không phải liên kết: lần chạy sau đổi tên nó và công bố lại"


def _check_books(root: Root) -> Iterator[tuple[bool, str]]:
    damaged = [f"{path}: {what}" for book in list_books(root) for path, what in book.find_damage()]
    yield from ((False, f"{said}; bản kia còn thì lần chạy sau chép lại") for said in damaged)
    if not damaged:
        yield bool(read_journal(root)) or read_published(root) is None, "Nhật ký công bố đọc được"


def find_unowned_folders(root: Root, units: frozenset[str]) -> Iterator[Path]:
    """Folders of the inbox that are not named after a unit."""
    if root.inbox.is_dir():
        yield from (path for path in sorted(root.inbox.iterdir()) if path.name not in units and path.is_dir())
