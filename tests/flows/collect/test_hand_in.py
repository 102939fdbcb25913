from __future__ import annotations

import os
import signal
import sys
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from flows.collect import hand_in as handing
from flows.collect import inbox
from flows.collect.archive import ArchiveReceipt, read_receipts
from flows.collect.hand_in import HandInError, hand_in
from flows.collect.inbox import collect
from flows.root import HERE, Root

NOW = datetime.now(HERE)
YESTERDAY = NOW - timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "SETTLE_SECONDS", 0)


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path)


def give(
    root: Root, content: bytes, name: str = "a.csv", at: datetime = YESTERDAY, reference: str = ""
) -> bool:
    return hand_in(root, "T01", name, content, received=at, via="thư", reference=reference).new


def take(root: Root) -> list[ArchiveReceipt]:
    """Collect; returns all receipts in the order of arrival."""
    assert collect(root).obstacles == []
    return sorted(read_receipts(root), key=lambda each: each.submission)


def contents(root: Root) -> list[bytes]:
    return [each.submission.content(root).read_bytes() for each in take(root)]


def notes(root: Root) -> list[Path]:
    return [*(root.state / "nop").glob("*/*.json")]


def test_a_file_is_received_when_it_came_and_the_receipt_tells_how(root: Root) -> None:
    assert give(root, b"1", reference="<1@example.org>")
    assert (root.inbox / "T01" / "a.csv").read_bytes() == b"1"
    (each,) = take(root)
    assert each.submission.received == YESTERDAY.isoformat()
    assert (each.via, each.reference) == ("thư", "<1@example.org>")
    assert notes(root) == []


def test_what_lies_in_the_folder_came_by_no_other_way(root: Root) -> None:
    give(root, b"1")
    (root.inbox / "T01" / "b.csv").write_bytes(b"2")
    by_folder = take(root)[-1]
    assert (by_folder.via, by_folder.submission.file) == (None, "b.csv")
    assert by_folder.submission.received >= NOW.isoformat()


@pytest.mark.parametrize("said", [NOW + timedelta(days=400), datetime(1970, 1, 1, tzinfo=HERE)])
def test_a_moment_that_cannot_be_is_now(root: Root, said: datetime) -> None:
    give(root, b"1", at=said)
    (each,) = take(root)
    assert NOW.isoformat() <= each.submission.received <= datetime.now(HERE).isoformat()


def test_what_arrives_last_counts_though_it_came_before(root: Root) -> None:
    give(root, b"1", at=YESTERDAY)
    give(root, b"2", "b.csv", at=YESTERDAY - HOUR)
    assert contents(root) == [b"2", b"1"]
    give(root, b"3", "c.csv", at=YESTERDAY - HOUR)
    assert contents(root) == [b"2", b"1", b"3"]
    # Another unit's moment is its own.
    hand_in(root, "T02", "a.csv", b"4", received=YESTERDAY - HOUR, via="thư")
    (other,) = (each for each in take(root) if each.submission.unit == "T02")
    assert other.submission.received == (YESTERDAY - HOUR).isoformat()


def test_a_correction_takes_the_place_of_what_the_archive_has(root: Root) -> None:
    give(root, b"1")
    take(root)
    give(root, b"2", at=NOW)
    assert [path.name for path in (root.inbox / "T01").iterdir()] == ["a.csv"]
    assert contents(root) == [b"1", b"2"]
    # Back to what it was: that is handed in again.
    give(root, b"1", at=NOW + HOUR)
    give(root, b"3", at=NOW + HOUR)
    assert contents(root) == [b"1", b"2", b"1", b"3"]


def test_what_the_archive_has_not_taken_stays(root: Root) -> None:
    assert [give(root, content) for content in (b"1", b"2", b"1", b"2", b"3")] == [
        True,
        True,
        False,
        False,
        True,
    ]
    receipts = take(root)
    assert [each.dropped_as for each in receipts] == ["a.csv", "a (nộp lần 2).csv", "a (nộp lần 3).csv"]
    assert [each.submission.file for each in receipts] == ["a.csv"] * 3
    assert collect(root).new == []
    # From now on each of the three can be replaced.
    give(root, b"4")
    assert len([*(root.inbox / "T01").iterdir()]) == 3
    assert contents(root) == [b"1", b"2", b"3", b"4"]


def test_a_file_that_somebody_drops_meanwhile_is_not_replaced(
    root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(root, b"1")
    take(root)
    write_over = handing.write_over

    def drop_first(path: Path, *data: bytes, mode: int, known: str) -> bool:
        (root.inbox / "T01" / "a.csv").write_bytes(b"dropped")
        return write_over(path, *data, mode=mode, known=known)

    monkeypatch.setattr(handing, "write_over", drop_first)
    give(root, b"2")
    assert sorted(contents(root)) == [b"1", b"2", b"dropped"]


def test_a_call_may_be_repeated(root: Root) -> None:
    for _ in range(2):
        give(root, b"1", reference="1")
        give(root, b"2", reference="2")
        take(root)
    assert contents(root) == [b"1", b"2"]


def test_many_at_once_lose_nothing(root: Root) -> None:
    with ThreadPoolExecutor(20) as threads:
        assert all(threads.map(lambda at: give(root, b"%d" % at), range(20)))
    assert sorted(contents(root)) == sorted(b"%d" % at for at in range(20))


NAMES = {
    "../../../etc/passwd": "passwd",
    "..\\..\\T02\\a.xlsx": "a.xlsx",
    "/etc/cron.d/x.csv": "x.csv",
    "C:\\Users\\Mai\\Tháng 11.xlsx": "Tháng 11.xlsx",
    "a\x00b\r\nc\u202e.csv": "a_b__c_.csv",
    'a<b>:"c|d?*.csv': "a_b___c_d__.csv",
    "  a.csv ": "a.csv",
    "Báo cáo".encode().decode("latin-1"): "BÃ¡o cÃ¡o",
    "Ba\u0301o ca\u0301o.xlsx": "Báo cáo.xlsx",
    "": "tep",
    "..": "tep",
    "T02/": "tep",
    "đ" * 300 + ".xlsx": "đ" * 90 + ".xlsx",
    "a." + "b" * 300: "a." + "b" * 178,
    "\udce1.csv": "_.csv",
}


def test_no_name_leads_elsewhere(root: Root) -> None:
    for at, (name, becomes) in enumerate(NAMES.items()):
        path = hand_in(root, f"T{at}", name, b"1", received=NOW, via="trang").path
        assert path == root.inbox / f"T{at}" / becomes
        assert path.read_bytes() == b"1"
    assert len(take(root)) == len(NAMES)
    for unit in ("..", "../T01", "", "T01/x", "/tmp"):
        with pytest.raises(ValueError, match="folder"):
            hand_in(root, unit, "a.csv", b"1", received=NOW, via="trang")


@pytest.mark.parametrize("name", ["~$a.xlsx", ".a.csv", "a.xlsx.part", "a.lnk", "a (conflicted copy).xlsx"])
def test_what_would_not_be_taken_from_the_inbox_is_refused_at_once(root: Root, name: str) -> None:
    with pytest.raises(HandInError, match="là "):
        give(root, b"1", name)
    assert not root.inbox.exists()


def test_no_link_is_followed(root: Root, tmp_path: Path) -> None:
    (elsewhere := tmp_path / "elsewhere").mkdir()
    root.prepare()
    (root.inbox / "T01").symlink_to(elsewhere)
    with pytest.raises(OSError, match="link"):
        give(root, b"1")
    (root.inbox / "T01").unlink()
    (root.inbox / "T01").mkdir()
    (root.inbox / "T01" / "a.csv").symlink_to(elsewhere / "b.csv")
    give(root, b"1")
    assert [*elsewhere.iterdir()] == []
    assert (root.inbox / "T01" / "a (nộp lần 2).csv").read_bytes() == b"1"


def killed_at(at: int, work: Callable[[], object]) -> bool:
    """Do `work` in a process that is killed just before it changes a file for the `at`-th time."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        child = os.fork()
    if not child:
        seen = 0

        def strike(event: str, args: tuple[object, ...]) -> None:
            nonlocal seen
            writes = event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
            if writes or event in ("os.rename", "os.remove", "os.link", "os.mkdir", "ctypes.dlopen"):
                seen += 1
                if seen == at:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(strike)
        work()
        os._exit(0)
    return os.waitpid(child, 0)[1] == signal.SIGKILL


@pytest.mark.slow
@pytest.mark.parametrize("corrects", [False, True])
def test_a_kill_at_any_moment_loses_nothing_and_doubles_nothing(tmp_path: Path, corrects: bool) -> None:
    at, killed = 0, True
    while killed:
        at += 1
        root = Root(tmp_path / str(at))
        root.prepare()
        if corrects:
            give(root, b"0", reference="0")
            take(root)
        killed = killed_at(at, lambda here=root: (give(here, b"1", at=NOW, reference="1"), collect(here)))
        if at % 2:
            take(root)
        give(root, b"1", at=NOW, reference="1")
        receipts = take(root)
        assert [each.reference for each in receipts] == [*(["0"] if corrects else []), "1"]
        assert receipts[-1].submission.received == NOW.isoformat()
        assert notes(root) == []
        assert [path.name for path in (root.inbox / "T01").iterdir()] == ["a.csv"]
    assert at > 10
