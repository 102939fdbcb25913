"""What a killed run leaves in the archive goes; what has a receipt stays."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flows.collect.archive import (
    exchange,
    keep,
    list_archived,
    list_set_aside,
    purge_content,
    remove_orphans,
    scan_receipts,
)
from flows.collect.inbox import collect, time_written
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


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"{}", b"null", b'{"received": 3}', b"\xff\xfe"])
def test_a_damaged_receipt_is_set_aside_and_its_file_taken_again(tmp_path: Path, damage: bytes) -> None:
    root = Root(tmp_path)
    root.prepare(["T01"])
    (root.inbox / "T01" / "a.csv").write_bytes(b"1")
    (root.inbox / "T01" / "b.csv").write_bytes(b"2")
    one, other = receive(root, TODAY)
    one.receipt(root).write_bytes(damage)
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
