"""What a killed run leaves in the archive goes; what has a receipt stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.collect.archive import keep, list_archived, list_damaged, remove_orphans
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
    assert list_damaged(root) == []
