"""Mends what can be mended in a root: from second copies, the inbox, other releases, the archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime

from flows.audit.auditor import Auditor, start_auditor
from flows.books.book import list_books
from flows.collect.archive import (
    copy_receipt,
    find_damaged_seconds,
    list_after,
    mend_receipts,
    redate,
    scan_receipts,
)
from flows.collect.folder import look_through
from flows.collect.inbox import refill
from flows.engine.runner import Runner
from flows.forget.tombstones import mark_key_file
from flows.mend.look import find_bad_caches, find_damaged_contents, find_wrong_modes
from flows.mend.releases import ReleaseMender, names_at_hand, put_latest_right
from flows.protect import key_file
from flows.release import publish
from flows.root import HERE, Root, read_contracts
from schemas.registry import Contracts

Audits = Callable[[], AbstractContextManager[Auditor]]


def mend_root(
    root: Root,
    contracts: Contracts,
    runner: Runner,
    audits: Audits = start_auditor,
    *,
    trust_clock: bool = False,
) -> Iterator[str]:
    """Mend what can be mended; yields what was damaged and what became of it, in Vietnamese.

    With `trust_clock` our clock is right: files that were received on a day to come are received now.

    Raises:
        LockedError: a run holds the root.
    """
    for path, mode, what in find_wrong_modes(root):
        # Before the lock: its file may be the one that can't be opened.
        path.chmod(mode)
        yield f"{path}: {what}, đã đặt lại quyền."
    with root.lock():
        yield from mend_state(root)
        yield from _mend_archive(root)
        if trust_clock:
            yield from _redate(root)
        for path in find_bad_caches(root):
            path.unlink()
            yield f"{path}: phần đã lưu bị hỏng, đã bỏ."
        with audits() as auditing:
            mender = ReleaseMender(root, read_contracts(root, contracts), auditing, runner, afresh=True)
            yield from mender.mend_all(publish.list_releases(root))
        yield from put_latest_right(root)


def mend_before_run(root: Root, contracts: Contracts, as_of: date, auditing: Auditor) -> list[str]:
    """Mend what a run starts from: books, keys, the release before and the one that readers see.

    Only what changed since it was seen last is read. Returns what was damaged, in Vietnamese sentences.
    """
    said = [*mend_state(root)]
    if publish.list_releases(root):
        key_file(root).require()
    before = publish.find_before(root, as_of)
    names = names_at_hand(root, (before.name if before else None, publish.read_published(root)))
    return said + ReleaseMender(root, contracts, auditing).mend_all(names)


def mend_state(root: Root) -> Iterator[str]:
    """Mend books and keys of a root from their second copies, and make copies that are missing."""
    for book in list_books(root):
        damaged = list(book.find_damage())
        if damaged:
            book.mend()
        yield from (f"{path}: {what}, đã chép lại những gì còn đọc được." for path, what in damaged)
    for key in (key_file(root), mark_key_file(root)):
        if fault := key.find_fault():
            if key.mend():
                yield f"{key.path}: {fault}, đã chép lại từ {key.copy}."
        else:
            key.keep_copy()


def _redate(root: Root) -> Iterator[str]:
    now = datetime.now(HERE)
    late = list_after(scan_receipts(root)[0], now)
    redate(root, late, now)
    for each in late:
        one = each.submission
        yield f"{one.receipt(root)}: ngày nhận {one.day:%d/%m/%Y} chưa tới, đã ghi lại là nhận lúc này."


def _mend_archive(root: Root) -> Iterator[str]:
    receipts, restored, damaged = mend_receipts(root)
    yield from (f"{path}: biên nhận bị mất hoặc bị đổi, đã chép lại từ bản sao." for path in restored)
    yield from (f"{path}: biên nhận bị hỏng, đã để riêng vào {root.damaged}." for path in damaged)
    for second in find_damaged_seconds(root):
        copy_receipt(root, second)
        yield f"{second}: bản sao biên nhận bị hỏng, đã chép lại."
    lost = find_damaged_contents(root, receipts)
    for path in refill(root, lost, look_through(root.inbox)[0] if lost else ()):
        yield f"{path}: nội dung bị mất hoặc bị đổi, đã chép lại từ raw/inbox."
