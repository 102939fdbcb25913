from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path

import pytest

from flows.collect.archive import list_archived
from flows.collect.inbox import UNKNOWN, collect
from flows.root import HERE, Root

TODAY = date(2026, 11, 24)
WRITTEN = datetime(2026, 11, 17, 9, 30, tzinfo=HERE)


@pytest.fixture
def root(tmp_path: Path) -> Root:
    made = Root(tmp_path)
    made.prepare()
    return made


def drop(root: Root, name: str, content: bytes = b"a;b", written: datetime = WRITTEN) -> Path:
    path = root.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (written.timestamp(), written.timestamp()))
    return path


def test_a_file_is_kept_unchanged_with_its_receipt(root: Root) -> None:
    drop(root, "T01/a.csv", b"x;y")
    (one,) = collect(root, TODAY)
    assert one.content(root).read_bytes() == b"x;y"
    assert (one.unit, one.file, one.received, one.size) == ("T01", "a.csv", "2026-11-17T09:30:00+07:00", 3)


def test_what_is_in_the_archive_is_not_new(root: Root) -> None:
    drop(root, "T01/a.csv")
    collect(root, TODAY)
    assert collect(root, TODAY) == []
    assert len(list_archived(root, TODAY)) == 1


def test_new_content_under_an_old_name_is_another_hand_in(root: Root) -> None:
    drop(root, "T01/a.csv", b"1")
    collect(root, TODAY)
    drop(root, "T01/a.csv", b"2")
    assert len(collect(root, TODAY)) == 1
    assert len(list_archived(root, TODAY)) == 2


def test_an_old_content_under_a_new_name_is_another_hand_in_kept_once(root: Root) -> None:
    drop(root, "T01/a.csv")
    drop(root, "T01/b.csv")
    assert [one.file for one in collect(root, TODAY)] == ["a.csv", "b.csv"]
    assert len([path for path in root.archive.glob("*/*") if path.suffix != ".json"]) == 1


@pytest.mark.parametrize("name", [".a.csv", "~$a.xlsx", "a.xlsx.tmp", "a.part"])
def test_files_that_nobody_handed_in_are_left_alone(root: Root, name: str) -> None:
    drop(root, f"T01/{name}")
    assert collect(root, TODAY) == []


def test_links_are_not_followed(root: Root, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (root.inbox / "T01").mkdir()
    (root.inbox / "T01" / "a.csv").symlink_to(tmp_path / "secret")
    assert collect(root, TODAY) == []


def test_a_file_outside_any_folder_is_taken_as_of_nobody(root: Root) -> None:
    drop(root, "a.csv")
    assert [one.unit for one in collect(root, TODAY)] == [UNKNOWN]


def test_nothing_is_received_after_the_day_of_the_run(root: Root) -> None:
    drop(root, "T01/a.csv", written=datetime(2027, 1, 1, tzinfo=HERE))
    (one,) = collect(root, TODAY)
    assert one.day == TODAY


def test_the_archive_of_a_day_ends_with_that_day(root: Root) -> None:
    drop(root, "T01/a.csv")
    collect(root, TODAY)
    assert list_archived(root, date(2026, 11, 16)) == []


def test_names_are_kept_composed(root: Root) -> None:
    drop(root, "T01/ba\u0301o ca\u0301o.csv")
    assert [one.file for one in collect(root, TODAY)] == ["báo cáo.csv"]


def test_the_archive_is_for_its_owner_only(root: Root) -> None:
    drop(root, "T01/a.csv")
    (one,) = collect(root, TODAY)
    assert one.content(root).stat().st_mode & 0o077 == 0
    assert root.archive.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("dan cu 038185912347.xlsx", "dan cu 038xxxxxxx47.xlsx"),
        ("SDT 0987.654.123.csv", "SDT 098xxxxxxx23.csv"),
        ("bao cao 01.11.2026 30.11.2026.csv", "bao cao 01.11.2026 30.11.2026.csv"),
    ],
)
def test_a_file_named_after_a_persons_number_is_told_of_without_it(root: Root, name: str, kept: str) -> None:
    drop(root, f"T01/{name}")
    assert [one.file for one in collect(root, TODAY)] == [kept]
