"""What a killed run leaves in the archive goes; what has a receipt stays."""

from __future__ import annotations

from pathlib import Path

from flows.collect.archive import keep, list_archived, remove_orphans
from flows.collect.submission import Submission
from flows.root import Root


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
