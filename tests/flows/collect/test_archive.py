"""What a killed run leaves in the archive goes; what has a receipt stays."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flows.collect.archive import (
    discard,
    exchange,
    keep,
    list_archived,
    list_set_aside,
    purge_content,
    remove_orphans,
    scan_receipts,
)
from flows.collect.inbox import Collected, collect, time_written
from flows.collect.submission import Submission
from flows.root import Root
from tests.arrived import receive
from tests.conftest import TODAY


def test_contents_without_a_receipt_and_half_written_files_go(tmp_path: Path) -> None:
    root = Root(tmp_path)
    one = Submission("2026-11-24T08:00:00+07:00", "T01", "bang.csv", "ab" * 32, 3)
    other = Submission("2026-11-24T08:00:00+07:00", "T01", "cu.csv", "ab" + "cd" * 31, 3)
    keep(root, one, b"mot")
    keep(root, other, b"hai")
    other.receipt(root).unlink()
    half = one.content(root).with_name(".1-00000000.part")
    half.write_bytes(b"h")
    remove_orphans(root)
    assert list_archived(root, one.day) == [one]
    assert {*one.content(root).parent.iterdir()} == {one.content(root), one.receipt(root)}


def second_of(one: Submission, root: Root) -> Path:
    return root.copies / "bien_nhan" / one.receipt(root).name


def at_hand(tmp_path: Path) -> tuple[Root, Submission]:
    root = Root(tmp_path)
    root.prepare(["T01"])
    (root.inbox / "T01" / "a.csv").write_bytes(b"1")
    (one,) = receive(root, TODAY)
    return root, one


@pytest.mark.parametrize("damage", ["gone", "cut", "another day", "another unit"])
def test_a_damaged_receipt_comes_back_as_it_was(tmp_path: Path, damage: str) -> None:
    root, one = at_hand(tmp_path)
    path = one.receipt(root)
    text = path.read_text()
    changed = {
        "cut": text[:-9],
        "another day": text.replace("2026-", "2025-"),
        "another unit": text.replace("T01", "T02"),
    }
    path.unlink()
    if damage in changed:
        path.write_text(changed[damage])
    collected = collect(root, when=time_written)
    assert (collected.new, [str(path) in said for said in collected.mended]) == ([], [True])
    assert path.read_text() == text


def test_a_lost_content_comes_back_from_the_inbox(tmp_path: Path) -> None:
    root, one = at_hand(tmp_path)
    one.content(root).unlink()
    collected = collect(root, when=time_written)
    assert (collected.new, [str(one.content(root)) in said for said in collected.mended]) == ([], [True])
    assert one.content(root).read_bytes() == b"1"


def test_what_is_discarded_does_not_come_back(tmp_path: Path) -> None:
    root, one = at_hand(tmp_path)
    (root.inbox / "T01" / "a.csv").unlink()
    discard(root, one)
    assert collect(root, when=time_written) == Collected([], [], [])
    assert list(root.archive.glob("*/*")) == []


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"{}", b"null", b'{"received": 3}', b"\xff\xfe"])
def test_a_damaged_receipt_is_set_aside_and_its_file_taken_again(tmp_path: Path, damage: bytes) -> None:
    root = Root(tmp_path)
    root.prepare(["T01"])
    (root.inbox / "T01" / "a.csv").write_bytes(b"1")
    (root.inbox / "T01" / "b.csv").write_bytes(b"2")
    one, other = receive(root, TODAY)
    one.receipt(root).write_bytes(damage)
    second_of(one, root).write_bytes(damage)
    assert list_archived(root, TODAY) == [other]
    collected = collect(root, when=time_written)
    assert [each.file for each in collected.new] == ["a.csv"]
    assert [Path(each.place).parent for each in collected.obstacles] == [root.state / "hong"]
    assert len(list_archived(root, TODAY)) == 2
    assert scan_receipts(root)[1] == []
    assert list_set_aside(root) == []


def test_a_damaged_receipt_whose_file_is_gone_is_named_by_every_run(tmp_path: Path) -> None:
    root = Root(tmp_path)
    root.prepare(["T01"])
    path = root.inbox / "T01" / "a.csv"
    path.write_bytes(b"1")
    (one,) = receive(root, TODAY)
    path.unlink()
    one.receipt(root).write_bytes(b"{")
    second_of(one, root).unlink()
    for _ in range(2):
        (obstacle,) = collect(root, when=time_written).obstacles
        assert Path(obstacle.place).name == one.receipt(root).name


def test_a_purge_that_was_killed_is_finished(tmp_path: Path) -> None:
    root = Root(tmp_path)
    root.prepare(["T01"])
    (root.inbox / "T01" / "a.csv").write_bytes(b"1")
    (root.inbox / "T01" / "b.csv").write_bytes(b"1")
    one, other = receive(root, TODAY)
    purge_content(root, one)
    assert other.content(root).exists()
    purge_content(root, other)
    one.content(root).write_bytes(b"1")
    remove_orphans(root)
    assert not one.content(root).exists()
    assert receive(root, TODAY) == []


def test_what_replaces_a_submission_keeps_what_its_receipt_says(tmp_path: Path) -> None:
    root = Root(tmp_path)
    root.prepare(["T01"])
    path = root.inbox / "T01" / "a.csv"
    for at, content in enumerate((b"a", b"b", b"a")):
        path.write_bytes(content)
        os.utime(path, (1_795_400_000 + at, 1_795_400_000 + at))
        receive(root, TODAY)
    again = list_archived(root, TODAY)[-1]
    exchange(root, again, b"c", lambda name: name)
    path.write_bytes(b"c")
    assert receive(root, TODAY) == []
