from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import asyncssh
import pytest

from flows.collect.sources.kinds import fetch_source
from flows.collect.sources.model import SourceAwayError, SourceError
from flows.collect.sources.people import People
from flows.root import Root
from tests.flows.collect.sources.places import PASSWORD, Place, sftp_at

PEOPLE = People(["T01"], {})
pytestmark = pytest.mark.slow


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setenv("DULIEUXA_MAT_KHAU_VNPT", PASSWORD)
    (tmp_path / "served").mkdir()
    with sftp_at(tmp_path / "served") as made:
        yield made


def test_a_server_with_another_key_gets_no_password(root: Root, place: Place) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    with pytest.raises(SourceError, match="giả làm máy chủ") as error:
        fetch_source(root, place.setting(khoa_may_chu=other), PEOPLE)
    assert not isinstance(error.value, SourceAwayError)
    with pytest.raises(SourceError, match="ssh-ed25519"):
        fetch_source(root, place.setting(khoa_may_chu="nonsense"), PEOPLE)


def test_a_file_that_is_replaced_while_it_is_read_waits(root: Root, place: Place) -> None:
    place.put("T01/a.csv", b"1" * 100_000)
    place.while_read.append(lambda name: place.put(f"T01/{name}", b"2" * 99_999))
    done = fetch_source(root, place.setting(), PEOPLE)
    assert (done.new, [each.why for each in done.untaken]) == (0, ["còn đang được ghi; lần chạy sau sẽ lấy"])
    place.while_read.clear()
    assert fetch_source(root, place.setting(), PEOPLE).new == 1
    assert (root.inbox / "T01" / "a.csv").read_bytes() == b"2" * 99_999


def test_a_server_that_falls_silent_ends_in_time(root: Root, place: Place) -> None:
    place.put("T01/a.csv", b"1")
    stuck = Event()
    place.while_read.append(lambda _: stuck.wait(300) and None)
    try:
        with pytest.raises(SourceAwayError, match="không nối được"):
            fetch_source(root, place.setting(han_giay=2), PEOPLE)
    finally:
        stuck.set()
    place.while_read.clear()
    assert fetch_source(root, place.setting(), PEOPLE).new == 1


def test_a_folder_that_is_not_there_is_told(root: Root, place: Place) -> None:
    with pytest.raises(SourceError, match="duong_dan"):
        fetch_source(root, place.setting(duong_dan="none"), PEOPLE)
