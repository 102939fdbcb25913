"""Looks over everything that a root keeps, byte by byte, and names what is not as it was written."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from stat import S_ISREG

from flows.books.book import list_books
from flows.cache import CACHE_FOLDERS
from flows.collect.archive import (
    ArchiveReceipt,
    find_damaged_seconds,
    is_content_of,
    list_after,
    list_lost_receipts,
    scan_receipts,
)
from flows.files import PRIVATE_FILE, PUBLIC_FILE
from flows.forget.tombstones import mark_key_file
from flows.protect import key_file
from flows.release.intact import IntactFiles, State
from flows.release.journal import list_standing
from flows.release.manifest import MANIFEST, READ_ONLY
from flows.release.publish import list_releases, point_at, read_published
from flows.root import HERE, Root

_FIX = "dulieuxa doctor --fix sửa lại"
_BACKUP = "chép lại từ bản sao lưu"
_CLOCK = "chỉnh lại giờ máy; nếu giờ máy đang đúng: dulieuxa doctor --fix --trust-clock"


@dataclass(frozen=True, slots=True)
class DamagedPath:
    """A damaged file, what is wrong with it and what to do, in Vietnamese."""

    path: Path
    what: str
    remedy: str = _FIX

    def __str__(self) -> str:
        return f"{self.path}: {self.what}; {self.remedy}."


def look_over(root: Root) -> Iterator[DamagedPath]:
    """Every damage of the root: in its books, keys, archive, caches and releases. Nothing is changed."""
    yield from (DamagedPath(path, what) for path, _, what in find_wrong_modes(root))
    for book in list_books(root):
        yield from (DamagedPath(path, what) for path, what in book.find_damage())
    yield from _look_at_keys(root)
    yield from look_at_archive(root)
    yield from (
        DamagedPath(path, "phần đã lưu bị hỏng, lần chạy sau tính lại") for path in find_bad_caches(root)
    )
    yield from look_at_releases(root)
    yield from look_at_latest(root)
    yield from _look_at_what_was_set_aside(root)


def find_wrong_modes(root: Root) -> Iterator[tuple[Path, int, str]]:
    """Files that others may read or change, or their owner can't use: path, right mode, what is wrong."""
    public = (root.journal, root.latest.with_name("latest.json"))
    manifests = (root.releases / name / MANIFEST for name in list_releases(root))
    wanted = chain(
        ((path, PRIVATE_FILE) for path in _list_private(root)),
        ((path, PUBLIC_FILE) for path in public),
        ((path, PUBLIC_FILE & READ_ONLY) for path in manifests),
    )
    for path, right in wanted:
        mode = path.lstat().st_mode if path.exists() else 0
        if S_ISREG(mode) and mode & 0o077 & ~right:
            yield path, right, f"người khác cũng {'đọc' if right == PRIVATE_FILE else 'ghi'} được"
        elif S_ISREG(mode) and right & ~mode:
            yield path, right, "có người cần mà không đọc, ghi được"


def _list_private(root: Root) -> Iterator[Path]:
    for top in (root.state, root.archive):
        for place, _, names in os.walk(top):
            yield from (Path(place, name) for name in sorted(names) if not name.endswith(".part"))


def _look_at_keys(root: Root) -> Iterator[DamagedPath]:
    for key in (key_file(root), mark_key_file(root)):
        if fault := key.find_fault():
            mendable = key.find_fault_of_copy() is None and key.copy.exists()
            yield DamagedPath(key.path, f"khóa không dùng được: {fault}", _FIX if mendable else key.remedy)
        elif fault := key.find_fault_of_copy():
            yield DamagedPath(key.copy, fault)


def look_at_archive(root: Root) -> Iterator[DamagedPath]:
    """Receipts that can't be read or are of days to come, copies that differ, contents that changed."""
    receipts, damaged = scan_receipts(root)
    yield from (DamagedPath(path, "biên nhận bị hỏng") for path in damaged)
    yield from (
        DamagedPath(path, "bản sao biên nhận bị hỏng hoặc bị mất") for path in find_damaged_seconds(root)
    )
    yield from (DamagedPath(path, "biên nhận bị mất") for path in list_lost_receipts(root))
    for each in list_after(receipts, datetime.now(HERE)):
        said = f"ghi ngày nhận {each.submission.day:%d/%m/%Y}, sau ngày của đồng hồ máy"
        yield DamagedPath(each.submission.receipt(root), said, _CLOCK)
    for each in find_damaged_contents(root, receipts):
        one = each.submission
        remedy = f"{_FIX} nếu tệp còn trong raw/inbox, không thì {_BACKUP} hoặc xin {one.unit} nộp lại"
        yield DamagedPath(one.content(root), f"nội dung của {one.unit}/{one.file} bị mất hoặc bị đổi", remedy)


def find_damaged_contents(root: Root, receipts: list[ArchiveReceipt]) -> list[ArchiveReceipt]:
    """Receipts that need a content which is gone or not what was handed in."""
    whole: dict[str, bool] = {}
    for each in receipts:
        one = each.submission
        if not each.purged and one.sha256 not in whole:
            whole[one.sha256] = is_content_of(one.content(root), one)
    return [each for each in receipts if not each.purged and not whole[each.submission.sha256]]


def find_bad_caches(root: Root) -> list[Path]:
    """Cached values that are not what was written; without a good key nobody can tell."""
    caches = [folder.open_in(root) for folder in CACHE_FOLDERS if key_file(root).peek()]
    found = ((cache, path) for cache in caches for path in sorted(cache.folder.glob("*")))
    bad = [path for cache, path in found if path.suffix != ".part" and not cache.is_whole(path.name)]
    # A run may have swept some meanwhile.
    return [path for path in bad if path.exists()]


def look_at_releases(root: Root) -> Iterator[DamagedPath]:
    """Files of any release that are not as published; what several releases share is read once."""
    known: dict[State, str] = {}
    for name in list_releases(root):
        release = IntactFiles(root, name, afresh=True, known=known)
        found = list(_look_at_release(release))
        # Purged meanwhile: the look holds no lock, a run must not wait for it.
        if found and release.place.exists():
            release.remember()
            yield from found


def _look_at_release(release: IntactFiles) -> Iterator[DamagedPath]:
    remedy = "dulieuxa doctor --fix dựng lại từ kho lưu, hoặc để riêng vào var/hong"
    if release.manifest is None:
        lost = not (release.place / MANIFEST).exists()
        yield DamagedPath(release.place / MANIFEST, "bị mất" if lost else "đã bị sửa", remedy)
        return
    for path, fault in sorted(release.find_faults().items()):
        yield DamagedPath(release.place / path, fault, remedy)
    yield from (
        DamagedPath(release.place / path, "tệp lạ trong bản công bố") for path in release.find_strays()
    )


def find_target(root: Root) -> str | None:
    """The release that readers should see: the last one that stands in the journal; None without any."""
    on_disk = list_releases(root)
    standing = [name for name in list_standing(root) if name in on_disk]
    return next(iter(standing[::-1] or on_disk[::-1]), None)


def look_at_latest(root: Root) -> Iterator[DamagedPath]:
    """Whether `curated/latest` and `latest.json` point at the release that readers should see."""
    target, shown = find_target(root), read_published(root)
    if target is None:
        return
    if root.latest.is_dir() and not root.latest.is_symlink():
        yield DamagedPath(root.latest, "là thư mục, không phải liên kết")
    elif shown != target:
        yield DamagedPath(root.latest, f"không trỏ tới {target}, bản được công bố sau cùng")
    pointer = root.latest.with_name("latest.json")
    try:
        said = json.loads(pointer.read_bytes())
    except (OSError, ValueError):
        said = None
    if said != point_at(target):
        yield DamagedPath(pointer, f"không nói bản đang cho xem là {target}")


def _look_at_what_was_set_aside(root: Root) -> Iterator[DamagedPath]:
    if root.damaged.is_dir():
        for path in sorted(root.damaged.iterdir()):
            yield DamagedPath(path, "phần hỏng đã để riêng", f"cần thì {_BACKUP}; xong việc thì xóa")
