from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.collect.archive import list_archived, purge_content
from flows.collect.folder import LARGEST, UNKNOWN, look_through, read_open
from flows.collect.inbox import collect, is_possible, received_when_written, time_written
from flows.collect.load import load_files
from flows.collect.submission import Submission
from flows.root import HERE, Root
from tests.arrived import receive

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
    (one,) = receive(root, TODAY)
    assert one.content(root).read_bytes() == b"x;y"
    assert (one.unit, one.file, one.received, one.size) == ("T01", "a.csv", "2026-11-17T09:30:00+07:00", 3)


def test_what_is_in_the_archive_is_not_new(root: Root) -> None:
    drop(root, "T01/a.csv")
    receive(root, TODAY)
    assert receive(root, TODAY) == []
    assert len(list_archived(root, TODAY)) == 1


def test_new_content_under_an_old_name_is_another_hand_in(root: Root) -> None:
    drop(root, "T01/a.csv", b"1")
    receive(root, TODAY)
    drop(root, "T01/a.csv", b"2")
    assert len(receive(root, TODAY)) == 1
    assert len(list_archived(root, TODAY)) == 2


def test_an_old_content_under_a_new_name_is_another_hand_in_kept_once(root: Root) -> None:
    drop(root, "T01/a.csv")
    drop(root, "T01/b.csv")
    assert [one.file for one in receive(root, TODAY)] == ["a.csv", "b.csv"]
    assert len([path for path in root.archive.glob("*/*") if path.suffix != ".json"]) == 1


@pytest.mark.parametrize(
    "name",
    [
        ".a.csv",
        "~$a.xlsx",
        "a.xlsx.tmp",
        "a.part",
        "a.xlsx.filepart",
        "Thumbs.db",
        "desktop.ini",
        ".DS_Store",
        "a.xlsx:Zone.Identifier",
        "a.xlsx~",
        ".git/a.csv",
        ".stversions/a.csv",
        "$RECYCLE.BIN/a.csv",
        "__MACOSX/a.csv",
    ],
)
def test_files_that_nobody_handed_in_are_passed_over(root: Root, name: str) -> None:
    drop(root, f"T01/{name}")
    assert look_through(root.inbox) == ([], [])


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: path.symlink_to("/etc/hostname"), "liên kết"),
        (lambda path: path.symlink_to("/etc"), "liên kết"),
        (os.mkfifo, "không phải tệp"),
        (lambda path: sparse(path, LARGEST + 1), "lớn hơn"),
    ],
)
def test_what_can_not_be_taken_is_named(root: Root, make: Callable[[Path], None], why: str) -> None:
    drop(root, "T01/tot.csv")
    make(root.inbox / "T01" / "xau.csv")
    collected = collect(root, when=time_written)
    assert [one.file for one in collected.new] == ["tot.csv"]
    (obstacle,) = collected.obstacles
    assert obstacle.place == "T01/xau.csv"
    assert why in obstacle.why


@pytest.mark.parametrize(
    "name",
    ["a.xlsx.lnk", "a.LNK", "a.url", "a.webloc", "a.gsheet", "a.gdoc", "sau/a.gshortcut", "lối tắt.desktop"],
)
def test_a_shortcut_is_no_hand_in_but_named(root: Root, name: str) -> None:
    drop(root, "T01/tot.csv")
    drop(root, f"T01/{name}", b"[InternetShortcut]")
    collected = collect(root, when=time_written)
    assert [one.file for one in collected.new] == ["tot.csv"]
    assert [one.place for one in collected.obstacles] == [f"T01/{name}"]
    assert "lối tắt, không phải tệp" in collected.obstacles[0].why


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("a.sync-conflict-20261120-101112-ABCDEFG.csv", False),
        ("a (MAY-01's conflicted copy 2026-11-20).csv", False),
        ("a (conflicted copy 2026-11-20 101112).csv", False),
        ("a_conflict-20261120-101112.csv", False),
        ("a.Conflict.csv", False),
        ("a.conflicts.csv", True),
        ("a (1).csv", True),
    ],
)
def test_of_a_file_that_two_computers_changed_people_say_which_is_right(
    root: Root, name: str, taken: bool
) -> None:
    drop(root, "T01/a.csv", b"1")
    drop(root, f"T01/{name}", b"2", WRITTEN + timedelta(hours=1))
    collected = collect(root, when=time_written)
    assert [one.file for one in collected.new] == ["a.csv", name][: 1 + taken]
    assert [one.place for one in collected.obstacles] == [f"T01/{name}"][taken:]


def sparse(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.truncate(size)


def test_a_path_longer_than_the_system_allows_stops_no_other(root: Root) -> None:
    drop(root, "T01/a.csv")
    handle = os.open(root.inbox / "T01", os.O_RDONLY)
    for _ in range(25):
        os.mkdir("x" * 200, dir_fd=handle)
        deeper = os.open("x" * 200, os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = deeper
    os.close(handle)
    collected = collect(root, when=time_written)
    assert [one.file for one in collected.new] == ["a.csv"]
    assert ["không xem được" in one.why for one in collected.obstacles] == [True]


def test_a_folder_that_can_not_be_opened_is_named(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(root, "T01/a.csv")
    drop(root, "T02/a.csv")
    scandir = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("T02"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    collected = collect(root, when=time_written)
    assert [one.unit for one in collected.new] == ["T01"]
    assert [one.place for one in collected.obstacles] == ["T02"]


def test_a_file_that_is_gone_between_two_looks_stops_no_other(
    root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(root, "T01/a.csv")
    gone = drop(root, "T01/b.csv")
    monkeypatch.setattr("time.sleep", lambda _: gone.unlink())
    collected = collect(root)
    assert [one.file for one in collected.new] == ["a.csv"]
    assert [one.place for one in collected.obstacles] == ["T01/b.csv"]


def test_what_becomes_a_link_while_we_wait_is_not_followed(
    root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the file itself nor a folder on the way to it: what lies outside is nobody's submission."""
    outside = tmp_path / "ngoai"
    (outside / "sau").mkdir(parents=True)
    for name in ("a.csv", "sau/a.csv"):
        (outside / name).write_bytes(b"1")
        drop(root, f"T01/{name}", b"1")
        drop(root, f"T02/{name}", b"1")
    drop(root, "T03/a.csv", b"1")

    def swap(_: float) -> None:
        (root.inbox / "T01").rename(tmp_path / "cu")
        (root.inbox / "T01").symlink_to(outside)
        (root.inbox / "T02" / "sau").rename(tmp_path / "sau")
        (root.inbox / "T02" / "sau").symlink_to(outside / "sau")
        (root.inbox / "T02" / "a.csv").unlink()
        (root.inbox / "T02" / "a.csv").symlink_to(outside / "a.csv")

    monkeypatch.setattr("time.sleep", swap)
    collected = collect(root)
    assert [one.unit for one in collected.new] == ["T03"]
    assert sorted(one.place for one in collected.obstacles) == [
        f"{unit}/{name}" for unit in ("T01", "T02") for name in ("a.csv", "sau/a.csv")
    ]


def test_a_file_that_grows_beyond_all_bounds_while_it_is_read_is_not_taken_in_part(
    root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(root, "T01/a.csv", b"1" * 9)
    (one,), _ = look_through(root.inbox)
    monkeypatch.setattr("flows.collect.folder.LARGEST", 8)
    sized = os.stat_result((0o100600, 0, 0, 1, 0, 0, 8, 0, 0, 0))
    monkeypatch.setattr("flows.collect.folder.os.fstat", lambda _: sized)
    with pytest.raises(OSError, match="grew"):
        read_open(one)


@pytest.mark.parametrize("seconds", [0, -(2**55), 2**55, -62_135_596_801, 253_402_300_800])
def test_any_clock_of_a_file_is_a_moment(seconds: int) -> None:
    seen = os.stat_result((0o100600, 0, 0, 1, 0, 0, 0, 0, seconds, 0))
    moment = time_written(seen)
    assert datetime.fromisoformat(moment.isoformat()) == moment
    assert (received_when_written(seen) is None) == (not is_possible(moment, datetime.now(HERE)))


@pytest.mark.parametrize("clock", [WRITTEN, datetime(2027, 1, 1, tzinfo=HERE)])
def test_a_file_that_is_being_written_waits_whatever_its_clock_says(
    root: Root, clock: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drop(root, "T01/a.csv", b"1", clock)

    def write_on(_: float) -> None:
        path.write_bytes(b"12")
        os.utime(path, (clock.timestamp(), clock.timestamp()))

    with monkeypatch.context() as patch:
        patch.setattr("time.sleep", write_on)
        collected = collect(root)
    assert collected.new == []
    assert "đang được ghi" in collected.obstacles[0].why
    monkeypatch.setattr("time.sleep", lambda _: None)
    assert [one.size for one in collect(root).new] == [2]


@pytest.mark.parametrize("year", [1980, 2026, 2038])
def test_received_is_when_it_came_whatever_the_files_clock_says(
    root: Root, year: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    drop(root, "T01/a.csv", written=datetime(year, 1, 2, 3, 4, 5, tzinfo=HERE))
    before = datetime.now(HERE)
    (one,) = collect(root).new
    assert before <= datetime.fromisoformat(one.received) <= datetime.now(HERE)
    assert one.written == f"{year}-01-02T03:04:05+07:00"


def test_what_arrives_last_counts_even_with_an_older_clock(
    root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    drop(root, "T01/b.csv", b"1")
    time.sleep(0.02)
    drop(root, "T01/a.csv", b"2", WRITTEN - timedelta(days=400))
    assert [one.file for one in collect(root).new] == ["b.csv", "a.csv"]


def set_clock(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """Make our clock stand at `moment`."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return moment.astimezone(tz)

    monkeypatch.setattr("flows.collect.inbox.datetime", Stopped)
    monkeypatch.setattr("time.sleep", lambda _: None)


@given(steps=st.lists(st.integers(-600, 600), min_size=1, max_size=6))
def test_what_arrives_last_counts_though_our_clock_is_set_back_a_little(steps: list[int]) -> None:
    noon = datetime(2026, 11, 3, 12, tzinfo=HERE)
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        root = Root(Path(folder))
        root.prepare()
        arrived: list[Submission] = []
        for at, step in enumerate(steps):
            set_clock(patch, noon + timedelta(minutes=step))
            drop(root, "T01/a.csv", str(at).encode())
            arrived += collect(root).new
        in_order = [sha256(str(at).encode()).hexdigest() for at in range(len(steps))]
        assert [one.sha256 for one in sorted(arrived)] == in_order


def test_nothing_is_taken_while_our_clock_shows_an_earlier_day_than_the_archive(
    root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(root, "T01/a.csv", b"1")
    set_clock(monkeypatch, datetime(2026, 11, 3, 12, tzinfo=HERE))
    assert len(collect(root).new) == 1
    drop(root, "T01/b.csv", b"2")
    set_clock(monkeypatch, datetime(2000, 1, 1, tzinfo=HERE))
    collected = collect(root)
    assert collected.new == []
    refused, uncounted = collected.obstacles
    assert refused.place == "T01/b.csv"
    assert "đồng hồ máy chỉ 01/01/2000" in refused.why
    assert uncounted.place == "T01/a.csv"
    assert "chưa được tính" in uncounted.why
    set_clock(monkeypatch, datetime(2026, 11, 4, tzinfo=HERE))
    assert [one.file for one in collect(root).new] == ["b.csv"]


def test_no_file_is_said_to_be_gone_at_a_time_that_can_not_be(
    root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, _ = drop(root, "T01/a.csv", b"1"), drop(root, "T01/b.csv", b"2")
    set_clock(monkeypatch, datetime(2026, 11, 3, 12, tzinfo=HERE))
    collect(root)
    a.unlink()
    set_clock(monkeypatch, datetime(2026, 11, 2, 12, tzinfo=HERE))
    collect(root)
    assert [one.gone for one in list_archived(root, date.max)] == [None, None]
    # A clock that was set back by less than a day: after all that came.
    set_clock(monkeypatch, datetime(2026, 11, 3, 9, tzinfo=HERE))
    collect(root)
    gone = [one.gone for one in list_archived(root, date.max) if one.file == "a.csv"]
    assert gone == ["2026-11-03T12:00:00+07:00"]


def test_loading_the_past_takes_the_files_clock_and_names_impossible_ones(root: Root) -> None:
    drop(root, "T01/a.csv", b"1")
    drop(root, "T01/b.csv", b"2", datetime(1980, 1, 1, tzinfo=HERE))
    drop(root, "T01/c.csv", b"3", datetime.now(HERE) + timedelta(days=30))
    loaded = load_files(root, None)
    assert [(one.file, one.received) for one in loaded.new] == [("a.csv", WRITTEN.isoformat())]
    assert [one.place for one in loaded.obstacles] == ["T01/b.csv", "T01/c.csv"]


def test_files_of_the_past_come_from_any_folder_and_are_never_taken_back(root: Root, tmp_path: Path) -> None:
    old = tmp_path / "tep_cu" / "T01"
    old.mkdir(parents=True)
    (old / "a.csv").write_bytes(b"1")
    (old / "b.csv").symlink_to("/nowhere")
    loaded = load_files(root, tmp_path / "tep_cu")
    assert ([one.file for one in loaded.new], [one.place for one in loaded.obstacles]) == (
        ["a.csv"],
        ["T01/b.csv"],
    )
    drop(root, "T02/c.csv")
    receive(root, TODAY)
    assert [one.gone for one in list_archived(root, date.max)] == [None, None]
    assert load_files(root, tmp_path / "tep_cu").new == []


def test_a_file_that_can_not_be_read_is_named_wherever_it_lies(
    root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tep_cu" / "T01").mkdir(parents=True)
    (tmp_path / "tep_cu" / "T01" / "a.csv").write_bytes(b"1")

    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("flows.collect.inbox.read_open", refuse)
    assert [one.place for one in load_files(root, tmp_path / "tep_cu").obstacles] == ["T01/a.csv"]


def test_a_disk_that_is_full_is_no_file_that_can_not_be_read(
    root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(root, "T01/a.csv")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("flows.collect.inbox.keep", refuse)
    with pytest.raises(OSError, match="No space left"):
        receive(root, TODAY)


def test_a_then_b_then_a_again_is_three_submissions(root: Root) -> None:
    for at, content in enumerate((b"a", b"b", b"a", b"a", b"b", b"a")):
        drop(root, "T01/x.csv", content, WRITTEN + timedelta(hours=at))
        receive(root, TODAY)
    files = [(one.file, one.content(root).read_bytes()) for one in list_archived(root, TODAY)]
    assert files == [
        ("x.csv", b"a"),
        ("x.csv", b"b"),
        ("x (nộp lần 2).csv", b"a"),
        ("x (nộp lần 2).csv", b"b"),
        ("x (nộp lần 3).csv", b"a"),
    ]


def test_two_files_whose_numbers_are_masked_alike_are_taken_once_each(root: Root) -> None:
    drop(root, "T01/a 038185912347.csv", b"1")
    drop(root, "T01/a 038999912347.csv", b"2")
    assert len(receive(root, TODAY)) == 2
    assert receive(root, TODAY) == []


def test_a_file_keeps_its_name_whatever_comes_or_goes_that_is_masked_alike(root: Root) -> None:
    first, second = (f"T01/so 038{middle}12347.csv" for middle in ("1859", "9999"))
    plain, numbered = "so 038xxxxxxx47.csv", "so 038xxxxxxx47 (trùng tên 2).csv"
    drop(root, "T01/so 038xxxxxxx47 (trùng tên 3).csv", b"a real name")
    drop(root, second, b"1")
    came = [[one.file for one in receive(root, TODAY) if "3" not in one.file.partition("(")[2]]]
    drop(root, first, b"2")
    came.append([one.file for one in receive(root, TODAY)])
    drop(root, second, b"1, corrected", WRITTEN + timedelta(hours=1))
    came.append([one.file for one in receive(root, TODAY)])
    (root.inbox / second).unlink()
    came.append([one.file for one in receive(root, TODAY)])
    assert came == [[plain], [numbered], [plain], []]
    gone = {one.content(root).read_bytes(): one.gone is not None for one in list_archived(root, date.max)}
    assert gone[b"1, corrected"]
    assert not gone[b"2"]
    assert not gone[b"a real name"]


def test_two_files_masked_alike_with_one_content_are_two(root: Root) -> None:
    drop(root, "T01/a 038185912347.csv")
    drop(root, "T01/a 038999912347.csv")
    assert len({one.file for one in receive(root, TODAY)}) == 2
    assert receive(root, TODAY) == []


def test_a_purged_file_that_still_lies_in_the_inbox_is_not_new(root: Root) -> None:
    drop(root, "T01/a.csv")
    (one,) = receive(root, TODAY)
    purge_content(root, one)
    assert not one.content(root).exists()
    assert (receive(root, TODAY), list_archived(root, TODAY)) == ([], [])


@pytest.mark.parametrize("name", [b"b\xe1o c\xe1o.csv", b"b\x1b[31mo.csv", "bao\u2028cao.csv".encode()])
def test_any_name_is_taken_and_safe_to_print(root: Root, name: bytes) -> None:
    (root.inbox / "T01").mkdir()
    with open(os.fsencode(root.inbox / "T01") + b"/" + name, "wb") as file:  # noqa: PTH123 - bytes
        file.write(b"a;b")
    (one,) = receive(root, TODAY)
    assert one.file.isprintable()
    assert one.file.endswith(".csv")
    assert receive(root, TODAY) == []


def test_a_file_outside_any_folder_is_taken_as_of_nobody(root: Root) -> None:
    drop(root, "a.csv")
    assert [one.unit for one in receive(root, TODAY)] == [UNKNOWN]


def test_nothing_is_received_after_the_day_of_the_run(root: Root) -> None:
    drop(root, "T01/a.csv", written=datetime(2027, 1, 1, tzinfo=HERE))
    (one,) = receive(root, TODAY)
    assert one.day == TODAY


def test_the_archive_of_a_day_ends_with_that_day(root: Root) -> None:
    drop(root, "T01/a.csv")
    receive(root, TODAY)
    assert list_archived(root, date(2026, 11, 16)) == []


def test_names_are_kept_composed(root: Root) -> None:
    drop(root, "T01/ba\u0301o ca\u0301o.csv")
    assert [one.file for one in receive(root, TODAY)] == ["báo cáo.csv"]


def test_the_archive_is_for_its_owner_only(root: Root) -> None:
    drop(root, "T01/a.csv")
    (one,) = receive(root, TODAY)
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
    assert [one.file for one in receive(root, TODAY)] == [kept]
