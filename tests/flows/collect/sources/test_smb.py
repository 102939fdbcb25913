from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import smbclient

from flows.collect.sources import fetch
from flows.collect.sources.kinds import fetch_source
from flows.collect.sources.model import SourceAwayError, SourceError
from flows.collect.sources.people import People
from flows.root import Root
from tests.flows.collect.sources.places import PASSWORD, Place, smb_at

PEOPLE = People(["T01"], {})
pytestmark = pytest.mark.slow


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setenv("DULIEUXA_MAT_KHAU_VNPT", PASSWORD)
    (tmp_path / "served").mkdir()
    with smb_at(tmp_path / "served") as made:
        yield made


def test_a_server_that_falls_silent_ends_in_time(
    root: Root, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.put("T01/a.csv", b"1")
    assert place.group
    with monkeypatch.context() as patch:
        patch.setattr(fetch, "settle", lambda: os.killpg(place.group or 0, signal.SIGSTOP))
        try:
            with pytest.raises(SourceAwayError):
                fetch_source(root, place.setting(han_giay=3), PEOPLE)
        finally:
            os.killpg(place.group, signal.SIGCONT)
    assert fetch_source(root, place.setting(), PEOPLE).new == 1


def test_a_file_that_somebody_has_open_for_writing_waits(root: Root, place: Place) -> None:
    place.put("T01/a.csv", b"1")
    said = place.setting()
    login = {
        "username": said.tai_khoan,
        "password": PASSWORD,
        "port": said.cong,
        "connection_cache": {},
    }
    name = r"\\127.0.0.1\xa\T01\a.csv"
    with smbclient.open_file(name, mode="r+b", share_access="r", **login):
        done = fetch_source(root, said, PEOPLE)
    assert (done.new, [each.why for each in done.untaken]) == (0, ["còn đang được ghi; lần chạy sau sẽ lấy"])
    smbclient.reset_connection_cache(connection_cache=login["connection_cache"])
    assert fetch_source(root, said, PEOPLE).new == 1


def test_a_share_or_folder_that_is_not_there_is_told(root: Root, place: Place) -> None:
    for more, why in (({"chia_se": "none"}, "chia_se"), ({"duong_dan": "none"}, "duong_dan")):
        with pytest.raises(SourceError, match=why):
            fetch_source(root, place.setting(**more), PEOPLE)
