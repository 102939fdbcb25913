"""Every kind of source of files, against a real server: nothing is taken twice, nothing is lost."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from flows.collect.archive import read_receipts
from flows.collect.inbox import collect
from flows.collect.sources import fetch
from flows.collect.sources.fetch import Fetched
from flows.collect.sources.kinds import fetch_source, try_source
from flows.collect.sources.memory import read_memory
from flows.collect.sources.model import SourceAwayError, SourceError, variable_of
from flows.collect.sources.people import People
from flows.root import Root
from tests.certificate import free_port
from tests.flows.collect.sources.places import PLACES, Place

PEOPLE = People(["T01", "T02"], {})
SERVERS = sorted({*PLACES} - {"thu_muc"})

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=PLACES)
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("nguon") / "served"
    folder.mkdir()
    with PLACES[request.param](folder) as place:
        yield place


@pytest.fixture
def place(served: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setenv("DULIEUXA_MAT_KHAU_VNPT", served.password)
    yield served
    served.while_read.clear()
    for name in served.names():
        served.remove(name)


def fetch_from(root: Root, place: Place, **more: object) -> Fetched:
    return fetch_source(root, place.setting(**more), PEOPLE)


def taken(root: Root) -> list[tuple[str, str, bytes]]:
    """Unit, name and content of all that the archive has, in the order of arrival."""
    assert collect(root).obstacles == []
    every = sorted(each.submission for each in read_receipts(root))
    return [(one.unit, one.file, one.content(root).read_bytes()) for one in every]


def test_each_content_is_taken_once_and_what_comes_last_counts(root: Root, place: Place) -> None:
    place.put("T01/a.csv", b"1")
    place.put("T02/Tháng 11/b c#%+.csv", b"2")
    assert fetch_from(root, place) == Fetched(2)
    assert fetch_from(root, place) == Fetched(0)
    assert sorted(taken(root)) == [("T01", "a.csv", b"1"), ("T02", "Tháng 11 - b c#%+.csv", b"2")]
    (receipt,) = (each for each in read_receipts(root) if each.submission.unit == "T01")
    assert (receipt.via, receipt.reference) == (place.setting().title, "T01/a.csv#1")
    for content in (b"3 longer", b"1"):
        place.put("T01/a.csv", content)
        assert fetch_from(root, place).new == 1
        assert fetch_from(root, place).new == 0
        assert taken(root)[-1][2] == content
    assert len(read_receipts(root)) == 4
    assert place.names() == {"T01/a.csv", "T02/Tháng 11/b c#%+.csv"}


def test_a_source_may_be_that_of_one_unit(root: Root, place: Place) -> None:
    place.put("a.csv", b"1")
    place.put("2026-11/a.csv", b"2")
    assert fetch_from(root, place, don_vi="T02").new == 2
    assert {one[:2] for one in taken(root)} == {("T02", "a.csv"), ("T02", "2026-11 - a.csv")}


def test_what_is_not_taken_is_told_and_stays(root: Root, place: Place) -> None:
    place.put("a.csv", b"1")
    place.put("T99/038085000001 a.csv", b"1")
    place.put("T01/b.lnk", b"1")
    place.put("T01/c.csv", b"x" * ((1 << 20) + 1))
    place.put("T01/.d.csv", b"hidden")
    place.put("T01/f.xlsx.filepart", b"half")
    place.put("T01/e.csv", b"e")
    done = fetch_from(root, place, lon_nhat_mb=1, xoa_sau_khi_nhan=True)
    assert done.new == 1
    said = "\n".join(map(str, done.untaken))
    assert len(done.untaken) == 4
    assert "a.csv: nằm ngoài thư mục của các đơn vị" in said
    assert "c.csv: lớn hơn 1 MB" in said
    assert "T01/b.lnk: là lối tắt" in said
    assert "038085000001" not in said
    assert len(place.names()) == 7
    assert len(read_memory(root, "vnpt").untaken) == 4


def test_only_what_the_archive_has_is_deleted_and_only_where_that_is_declared(
    root: Root, place: Place
) -> None:
    place.put("T01/a.csv", b"1")
    for _ in range(2):
        fetch_from(root, place, xoa_sau_khi_nhan=True)
        assert place.names() == {"T01/a.csv"}
    taken(root)
    fetch_from(root, place)
    assert place.names() == {"T01/a.csv"}
    fetch_from(root, place, xoa_sau_khi_nhan=True)
    assert place.names() == set()
    place.put("T01/a.csv", b"2 is another")
    assert fetch_from(root, place, xoa_sau_khi_nhan=True).new == 1
    assert [content for *_, content in taken(root)] == [b"1", b"2 is another"]


def test_a_file_that_changes_between_listing_and_reading_waits(
    root: Root, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.put("T01/a.csv", b"1")
    with monkeypatch.context() as patch:
        patch.setattr(fetch, "settle", lambda: place.put("T01/a.csv", b"other and longer"))
        done = fetch_from(root, place)
    assert done.new == 0
    assert "còn đang được ghi" in str(done.untaken[0])
    assert fetch_from(root, place) == Fetched(1)
    assert taken(root) == [("T01", "a.csv", b"other and longer")]


def test_a_killed_fetch_is_done_again_and_doubles_nothing(
    root: Root, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in range(3):
        place.put(f"T01/{at}.csv", b"%d" % at)
    with monkeypatch.context() as patch:
        # Nothing is remembered, as if the power had gone.
        patch.setattr(fetch, "write_memory", lambda *_: None)
        assert fetch_from(root, place).new == 3
    root.state.joinpath("nguon", "vnpt.json").unlink()
    assert fetch_from(root, place).new == 0
    assert len(taken(root)) == 3
    root.state.joinpath("nguon", "vnpt.json").unlink()
    assert fetch_from(root, place) == Fetched(0)
    assert len(taken(root)) == 3


def test_a_thousand_files(root: Root, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)
    for at in range(1000):
        place.put(f"T01/{at}.csv", b"%d" % at)
    done = fetch_from(root, place, nhieu_nhat=600)
    assert done.new == 600
    assert "còn 400 tệp nữa, lần sau lấy tiếp" in str(done.untaken[0])
    assert fetch_from(root, place, nhieu_nhat=600) == Fetched(400)
    assert fetch_from(root, place) == Fetched(0)
    assert {content for *_, content in taken(root)} == {b"%d" % at for at in range(1000)}


def test_no_time_is_no_loss(root: Root, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.put("T01/a.csv", b"1")
    place.put("T01/b.csv", b"2")
    hand_in = fetch.hand_in

    def slowly(*args: object, **named: object) -> object:
        time.sleep(1.5)
        return hand_in(*args, **named)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(fetch, "hand_in", slowly)
        with pytest.raises(SourceAwayError, match="chưa xong trong thời hạn"):
            fetch_from(root, place, han_giay=1)
    assert fetch_from(root, place).new == 1
    assert len(taken(root)) == 2


def test_doctor_says_whether_it_can_be_used(root: Root, place: Place) -> None:
    place.put("T01/a.csv", b"1")
    good, said = try_source(root, place.setting())
    assert good
    assert said.endswith("nối được, có 1 tệp")
    assert taken(root) == []


@pytest.mark.parametrize("served", SERVERS, indirect=True)
def test_a_wrong_password_is_told_and_nobody_tries_again(
    root: Root, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DULIEUXA_MAT_KHAU_VNPT", "wrong and secret")
    with pytest.raises(SourceError, match="không nhận tài khoản") as error:
        fetch_from(root, place)
    assert not isinstance(error.value, SourceAwayError)
    good, said = try_source(root, place.setting())
    assert not good
    assert "secret" not in said
    assert "không nhận tài khoản" in read_memory(root, "vnpt").trouble


@pytest.mark.parametrize("served", SERVERS, indirect=True)
def test_a_dead_host_is_told(root: Root, place: Place) -> None:
    port = free_port()
    address = {"dia_chi": f"http://127.0.0.1:{port}/"} if "dia_chi" in place.said else {"cong": port}
    with pytest.raises(SourceAwayError, match="không nối được"):
        fetch_from(root, place, **address)
    place.put("T01/a.csv", b"1")
    assert fetch_from(root, place) == Fetched(1)
    assert read_memory(root, "vnpt").trouble == ""


def test_the_password_may_be_in_a_file_of_its_owner(root: Root, place: Place) -> None:
    path = root.path / "mat_khau"
    path.write_text(f"{place.password}\n", encoding="utf-8")
    path.chmod(0o644)
    with pytest.raises(SourceError, match="chmod 600"):
        fetch_from(root, place, mat_khau_tep="mat_khau")
    path.chmod(0o600)
    assert fetch_from(root, place, mat_khau_tep="mat_khau") == Fetched(0)
    assert variable_of(place.setting()) == "DULIEUXA_MAT_KHAU_VNPT"
