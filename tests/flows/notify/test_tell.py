"""Everybody is told what changed, once, when it is time for it, whatever happens to the mail server."""

from __future__ import annotations

import errno
import os
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from flows.books import book as book_module
from flows.errors import AuditRefusedError, LockedError
from flows.files import write_private
from flows.notify import tell as telling_module
from flows.notify import told as told_module
from flows.notify.parts import find_rung
from flows.notify.settings import PING, SENDER
from flows.notify.standing import check_telling, describe_telling
from flows.notify.tell import telling, write_all
from flows.notify.told import Letter, lay_out, note_bad_day, read_told, read_trouble
from flows.release.publish import STAGING
from flows.root import HERE, Root
from schemas.notices import SUBJECT, WHOLE
from tests.flows.notify.made import TUESDAY, Commune, PostBox, came, fault, issue, owed

CLERK, HEAD_OF_UNIT, CHAIRMAN, ENGINEER = "a@example.org", "b@example.org", "c@example.org", "k@example.org"
DAY = timedelta(days=1)


def all_roles(commune: Commune) -> None:
    commune.declare(
        f"T01,Lò Thị Mận,{CLERK},nguoi_nop,",
        f"T01,Bế Văn Tèo,{HEAD_OF_UNIT},truong,",
        f",Vừ A Dính,{CHAIRMAN},chu_tich,",
        f",Giàng Thị Mai,{ENGINEER},ky_su,",
    )


def doctor_says(commune: Commune) -> list[str]:
    return [said for good, said in check_telling(commune.root, commune.contracts.commune) if not good]


@pytest.mark.parametrize(
    ("days", "rungs"),
    [
        (-4, (None, None, None)),
        (-3, (-3, None, None)),
        (-1, (-3, None, None)),
        (0, (0, None, None)),
        (2, (1, None, None)),
        (3, (3, 3, None)),
        (7, (7, 7, 7)),
        (365, (7, 7, 7)),
        (366, (None, None, None)),
    ],
)
def test_who_is_on_which_rung(days: int, rungs: tuple[int | None, ...]) -> None:
    due = TUESDAY - days * DAY
    found = [find_rung(due, TUESDAY, role) for role in ("nguoi_nop", "truong", "chu_tich")]
    assert tuple(rung and rung.days for rung in found) == rungs


def test_each_rung_is_told_once_on_working_days_only(commune: Commune) -> None:
    """Due on a Friday: the days before are told from Tuesday on, the third day after is a Monday."""
    all_roles(commune)
    due, heard = date(2026, 11, 20), []
    for count in range(12):
        day = date(2026, 11, 16) + count * DAY
        commune.publish(day, roll_call=[owed("T01", due)])
        for hour in (9, 18):
            commune.tell(day, time(hour, 30))
        heard += [
            (day.day, who[0])
            for who, letter in sorted(commune.box.take().items())
            if "hạn" in letter.text and who != ENGINEER
        ]
    assert heard == [(17, "a"), (20, "a"), (23, "a"), (23, "b"), (27, "a"), (27, "b"), (27, "c")]


def test_a_holiday_waits(commune: Commune) -> None:
    all_roles(commune)
    holiday = date(2026, 11, 24)
    commune.publish(holiday, roll_call=[owed("T01", holiday)])
    commune.tell(holiday)
    assert {*commune.box.take()} <= {ENGINEER}


def test_a_digest_says_what_is_new_and_nothing_twice(commune: Commune) -> None:
    all_roles(commune)
    wrong = [fault("T01", f"{number:012x}", row=number + 5) for number in range(3)]
    still = [issue("T01", f"{number:012x}") for number in range(3)]
    part = came("T01", "2026-11-16T08:05:00", "mot_phan", rows_quarantined=3)
    commune.publish(
        TUESDAY,
        submissions=[part],
        faults=wrong,
        issues=still,
    )
    commune.tell(TUESDAY)
    first = commune.box.take()[CLERK].text
    assert "nhận 16/11/2026 08:05: nhận một phần, 12 dòng được công bố, 3 dòng bị giữ lại chờ sửa." in first
    assert "3 chỗ ở cột “Nội dung”, “Phản ánh hạ tầng viễn thông” tháng 11/2026 (chặn): Ô" in first
    commune.tell(TUESDAY)
    assert commune.box.take() == {}

    gone = [issue("T01", f"{number:012x}", "da_sua", closed=TUESDAY + DAY) for number in range(2)]
    commune.publish(TUESDAY + DAY, faults=wrong[2:], issues=[*gone, still[2]])
    commune.tell(TUESDAY + DAY)
    second = commune.box.take()[CLERK].text
    assert "- 2 lỗi." in second
    assert "1 chỗ ở cột" in second
    assert "ĐÃ NHẬN" not in second

    gone = [*gone, issue("T01", f"{2:012x}", "da_sua", closed=TUESDAY + DAY)]
    commune.publish(TUESDAY + 2 * DAY, issues=gone)
    commune.tell(TUESDAY + 2 * DAY)
    third = commune.box.take()[CLERK].text
    assert "- 1 lỗi." in third
    assert "Cảm ơn" in third
    commune.publish(TUESDAY + 3 * DAY, issues=gone)
    commune.tell(TUESDAY + 3 * DAY)
    assert commune.box.take() == {}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (came("T01", "2026-11-16T08:05:00"), "nhận đủ, 12 dòng được công bố."),
        (came("T01", "2026-11-16T08:05:00", "trung"), "nộp lại y hệt."),
        (came("T01", "2026-11-16T08:05:00", "bi_thay_the"), "đã có bản mới hơn."),
        (
            came("T01", "2026-11-16T08:05:00", "tu_choi", dataset=None, period=None),
            "Một tệp, nhận 16/11/2026 08:05: không nhận. Tệp đặt mật khẩu. Bỏ mật khẩu",
        ),
    ],
)
def test_how_a_file_was_read(row: dict[str, object], said: str, commune: Commune) -> None:
    all_roles(commune)
    locked = fault(
        "T01", "0" * 12, "tep.mat_khau", dataset=None, period=None, sheet=None, row=None, column=None
    )
    commune.publish(TUESDAY, submissions=[row], faults=[locked] if row["state"] == "tu_choi" else [])
    commune.tell(TUESDAY)
    assert said in commune.box.take()[CLERK].text


def test_what_came_long_ago_and_an_old_release_are_not_told(commune: Commune) -> None:
    all_roles(commune)
    commune.publish(TUESDAY, submissions=[came("T01", "2026-11-09T23:59:00")])
    commune.tell(TUESDAY)
    assert {*commune.box.take()} == {CHAIRMAN, ENGINEER}
    # The run of Wednesday failed: what Tuesday's release says of deadlines may be wrong by now.
    commune.publish(TUESDAY, roll_call=[owed("T01", TUESDAY)])
    commune.tell(TUESDAY + DAY)
    assert {*commune.box.take()} == {ENGINEER}


def test_one_letter_an_address_with_a_part_for_each_unit(commune: Commune) -> None:
    commune.declare(
        *(
            f"{unit},x,{CLERK if unit == 'T01' else CLERK.upper()},nguoi_nop,"
            for unit in ("T01", "T02", "kinh_te")
        )
    )
    commune.publish(TUESDAY, roll_call=[owed(unit, TUESDAY) for unit in ("T01", "T02", "T03", "kinh_te")])
    commune.tell(TUESDAY)
    letter = commune.box.take()[CLERK]
    assert letter.text.count("Kính gửi") == 3
    assert letter.subject.endswith("và 2 phần nữa")


def test_a_head_gets_the_digest_of_a_unit_in_which_nobody_else_is_told(commune: Commune) -> None:
    commune.declare(
        f"T01,x,{HEAD_OF_UNIT},truong,", f"T02,x,{HEAD_OF_UNIT},truong,", f"T02,x,{CLERK},nguoi_nop,"
    )
    commune.publish(TUESDAY, roll_call=[owed("T01", TUESDAY), owed("T02", TUESDAY)])
    commune.tell(TUESDAY)
    told = commune.box.take()
    assert "Phố 1" in told[HEAD_OF_UNIT].text
    assert "Phố 2" not in told[HEAD_OF_UNIT].text
    assert "Phố 2" in told[CLERK].text


def test_a_letter_has_a_bound_and_what_does_not_fit_comes_with_the_next(commune: Commune) -> None:
    units = [unit.name for unit in commune.contracts.commune.units]
    commune.declare(*(f"{unit},x,{CLERK},nguoi_nop," for unit in units))
    rows = [
        owed(unit, TUESDAY, dataset) for unit in units for dataset in ("dan_cu", "ho_gia_dinh", "moi_truong")
    ]
    rows += [owed(unit, TUESDAY, period=f"2026-{month:02}") for unit in units for month in range(1, 13)]
    commune.publish(TUESDAY, roll_call=rows)
    heard: list[str] = []
    for _ in range(9):
        commune.tell(TUESDAY)
        for letter in commune.box.take().values():
            assert len(letter.text) < WHOLE * 1.1
            assert len(letter.subject) <= SUBJECT
            heard += [line for line in letter.text.splitlines() if line.startswith("Kính gửi")]
    assert len(heard) == len({*heard}) == len(units)


def test_the_chairman_has_three_sentences_a_week(commune: Commune) -> None:
    all_roles(commune)
    figures = [
        {"indicator": "ho_internet", "status": "dat", "value": 0.9, "muc_tieu": 0.8},
        {"indicator": "dan_cu_dung_du_sach_song", "status": "chua_dat", "value": 0.5, "muc_tieu": 1.0},
        {
            "indicator": "ho_so_dung_han",
            "status": "chua_du_can_cu",
            "value": None,
            "muc_tieu": 1.0,
            "reason": "Mẫu số bằng 0",
        },
    ]
    rows = [{"period": "2026-10", "by": "xa", "key": "1", **row} for row in figures]
    for count in range(7):
        commune.publish(TUESDAY + count * DAY, indicators=rows)
        commune.tell(TUESDAY + count * DAY)
    letters = [letter for who, letter in commune.box.letters if who == CHAIRMAN]
    assert [letter.day for letter in letters] == ["2026-11-17", "2026-11-23"]
    sentences = [line for line in letters[0].text.split("\n--\n")[0].splitlines()[1:] if line]
    assert [line.partition(":")[0] for line in sentences] == [
        "Đạt 1 trong 3 chỉ tiêu có đặt mục tiêu",
        "Chưa đạt 1",
        "Chưa đủ căn cứ để nói về 1",
    ]
    assert sentences[2].endswith("vì mẫu số bằng 0.")


def test_the_engineer_is_told_at_night_of_what_went_wrong_and_once_it_is_well(commune: Commune) -> None:
    all_roles(commune)
    commune.publish(TUESDAY)
    commune.tell(TUESDAY, time(6, 5))
    commune.box.take()
    wednesday, night = TUESDAY + DAY, datetime(2026, 11, 18, 6, 5, tzinfo=HERE)
    note_bad_day(commune.root, wednesday, "hong", "Đĩa đầy.", night)
    note_bad_day(commune.root, wednesday, "hong", "Đĩa đầy.", night)
    commune.tell(wednesday, time(6, 5))
    assert "Lượt chạy ngày 18/11/2026 hỏng: Đĩa đầy." in commune.box.take()[ENGINEER].text
    commune.tell(wednesday, time(7, 15))
    assert commune.box.take() == {}
    # Thursday's run must be over at seven.
    commune.tell(wednesday + DAY, time(6, 59))
    assert commune.box.take() == {}
    # A run is on, and takes long.
    staged = commune.root.releases / f"{STAGING}.{os.getpid()}"
    staged.mkdir()
    commune.tell(wednesday + DAY, time(7, 10))
    assert commune.box.take() == {}
    staged.rmdir()
    commune.tell(wednesday + DAY, time(7, 15))
    assert "Lượt chạy ngày 19/11/2026 không có kết quả:" in commune.box.take()[ENGINEER].text
    commune.publish(wednesday + DAY)
    commune.tell(wednesday + DAY, time(10, 15))
    assert "Đã chạy tốt trở lại: bản ngày 19/11/2026 đã công bố." in commune.box.take()[ENGINEER].text
    commune.tell(wednesday + DAY, time(10, 16))
    assert commune.box.take() == {}


def test_days_down_are_told_together(commune: Commune) -> None:
    all_roles(commune)
    commune.publish(TUESDAY)
    commune.tell(TUESDAY)
    commune.box.take()
    commune.publish(TUESDAY + 6 * DAY)
    commune.tell(TUESDAY + 6 * DAY)
    text = commune.box.take()[ENGINEER].text
    assert [f"{day}/11/2026 không có kết quả" in text for day in range(17, 24)] == [False, *[True] * 5, False]
    assert "Đã chạy tốt trở lại: bản ngày 23/11/2026" in text


def test_what_is_in_danger_is_told_once_and_when_it_is_over(commune: Commune) -> None:
    all_roles(commune)
    commune.publish(
        TUESDAY, roll_call=[owed("T01", TUESDAY - DAY)], submissions=[came("T02", "2026-09-01T08:00:00")]
    )
    strange = commune.root.inbox / "Lò Thị Mận"
    strange.mkdir()
    (strange / "a.xlsx").symlink_to("/nowhere")
    commune.tell(TUESDAY)
    text = commune.box.take()[ENGINEER].text
    assert "1 đơn vị còn thiếu báo cáo và không gửi tệp nào trong 35 ngày: T01." in text
    assert "1 tệp ở raw/inbox không nhận được" in text
    assert "1 thư mục ở raw/inbox không của đơn vị nào" in text
    assert "chưa có người liên hệ nên không được nhắc: van_phong," in text
    assert "Mận" not in text
    (strange / "a.xlsx").unlink()
    commune.tell(TUESDAY)
    text = commune.box.take()[ENGINEER].text
    assert "Tệp không nhận được: không còn như đã báo." in text
    assert "35 ngày" not in text


def test_a_mail_server_that_is_away_is_tried_again_and_told_in_status_and_doctor(commune: Commune) -> None:
    all_roles(commune)
    commune.publish(TUESDAY, roll_call=[owed("T01", TUESDAY)])
    commune.box.away = True
    done = commune.tell(TUESDAY)
    assert done.sent == 0
    assert done.problems == ("Chưa gửi được thư: không nối được máy chủ thư; sẽ thử lại.",)
    assert read_told(commune.root).ids == frozenset()
    assert any("máy chủ thư" in line for line in describe_telling(commune.root))
    assert any(
        "máy chủ thư" in line
        for good, line in check_telling(commune.root, commune.contracts.commune)
        if not good
    )
    commune.box.away = False
    assert commune.tell(TUESDAY).problems == ()
    assert {*commune.box.take()} == {CLERK, CHAIRMAN, ENGINEER}
    assert len([*describe_telling(commune.root)]) == 1


def test_a_refused_address_stops_nobody_else_and_the_engineer_knows_its_line(
    commune: Commune,
) -> None:
    all_roles(commune)
    commune.publish(TUESDAY, roll_call=[owed("T01", TUESDAY)])
    commune.box.refused = {CLERK}
    commune.tell(TUESDAY)
    assert {*commune.box.take()} == {CHAIRMAN, ENGINEER}
    commune.tell(TUESDAY, time(10))
    text = commune.box.take()[ENGINEER].text
    assert "Thư cho lien_he.csv, dòng 2: máy chủ thư không nhận thư cho địa chỉ này (mã 550)." in text
    assert "example.org" not in text
    # At night nobody tries: it is not over.
    commune.tell(TUESDAY, time(20))
    assert commune.box.take() == {}
    commune.box.refused = set()
    commune.tell(TUESDAY, time(13))
    assert {*commune.box.take()} == {CLERK}
    commune.tell(TUESDAY, time(14))
    assert "Thư không đến được: không còn như đã báo." in commune.box.take()[ENGINEER].text


class PowerCutError(BaseException):
    """Ends everything at once."""


def test_a_letter_that_may_have_been_sent_is_sent_again_as_it_was(commune: Commune) -> None:
    all_roles(commune)
    commune.publish(TUESDAY, roll_call=[owed("T01", TUESDAY)])
    taken: list[object] = []

    def die(sender: str, address: str, letter: Letter) -> None:
        taken[:] = [address, letter.id]
        raise PowerCutError

    with pytest.raises(PowerCutError):
        telling_module.tell(commune.root, commune.contracts, datetime.combine(TUESDAY, time(9), HERE), die)
    # On the next day the letter would say something else.
    commune.publish(TUESDAY + DAY, roll_call=[owed("T01", TUESDAY)])
    commune.tell(TUESDAY + DAY)
    address, letter = commune.box.letters[0]
    assert [address, letter.id] == taken
    assert "hạn hôm nay" in letter.text
    assert "đã quá 1 ngày" in next(one.text for who, one in commune.box.letters[1:] if who == CLERK)
    commune.box.letters.clear()
    commune.tell(TUESDAY + DAY)
    assert commune.box.take() == {}


def test_a_power_cut_at_any_write_loses_no_letter_and_repeats_one_at_most(
    commune: Commune, monkeypatch: pytest.MonkeyPatch
) -> None:
    commune.declare(f"T01,,{CLERK},nguoi_nop,", f"T02,,{HEAD_OF_UNIT},nguoi_nop,")
    commune.publish(TUESDAY, roll_call=[owed("T01", TUESDAY), owed("T02", TUESDAY)])
    left = 0

    def cut(work: Callable[..., None]) -> Callable[..., None]:
        """The power goes just after some piece of work is done."""

        def done(*args: object, **more: object) -> None:
            nonlocal left
            work(*args, **more)
            left -= 1
            if left == 0:
                raise PowerCutError

        return done

    monkeypatch.setattr(told_module, "write_private", cut(told_module.write_private))
    monkeypatch.setattr(book_module, "write_lines", cut(book_module.write_lines))
    monkeypatch.setattr(Path, "unlink", cut(Path.unlink))
    cuts = 0
    while True:
        box = PostBox()
        monkeypatch.setattr(commune, "box", cut(box))
        shutil.rmtree(commune.root.state / "ban_sao", ignore_errors=True)
        for name in ("bao_tin.jsonl", "thu_dang_gui.json", "bao_tin_hong.json"):
            (commune.root.state / name).write_bytes(b"")
        left = cuts + 1
        try:
            commune.tell(TUESDAY)
        except PowerCutError:
            cuts += 1
        else:
            break
        commune.tell(TUESDAY)
        ids = Counter(letter.id for _, letter in box.letters)
        assert {address for address, _ in box.letters} == {CLERK, HEAD_OF_UNIT}
        assert len(ids) == 2
        assert len(box.letters) <= 3
    assert cuts > 8


def test_a_kill_between_noting_and_clearing_away_sends_nothing_again(commune: Commune) -> None:
    all_roles(commune)
    commune.publish(TUESDAY, roll_call=[owed("T01", TUESDAY)])
    commune.tell(TUESDAY)
    lay_out(commune.root, commune.box.take()[CLERK])
    commune.tell(TUESDAY)
    assert commune.box.take() == {}


def test_only_one_tells_at_a_time(commune: Commune) -> None:
    all_roles(commune)

    def meanwhile(sender: str, address: str, letter: Letter) -> None:
        with pytest.raises(LockedError):
            commune.tell(TUESDAY)
        with telling(commune.root, TUESDAY):
            pass
        assert not read_trouble(commune.root).what

    commune.publish(TUESDAY)
    now = datetime.combine(TUESDAY, time(9), HERE)
    assert telling_module.tell(commune.root, commune.contracts, now, meanwhile).sent


@pytest.fixture
def watcher() -> tuple[str, list[str], list[int]]:
    """An address that watches: what was asked for, and the codes that it answers from now on."""
    asked: list[str] = []
    codes = [200]

    class Watcher(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(codes[-1])
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Watcher) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/secret", asked, codes
        server.shutdown()


def test_good_days_are_pinged_once_and_a_ping_that_fails_is_told(
    commune: Commune, watcher: tuple[str, list[str], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, asked, codes = watcher
    monkeypatch.setenv(PING, address)
    all_roles(commune)
    commune.tell(TUESDAY)
    assert asked == []
    commune.box.take()
    commune.publish(TUESDAY)
    codes.append(503)
    assert commune.tell(TUESDAY).problems == ("Địa chỉ báo sống trả lời mã 503.",)
    text = commune.box.take()[ENGINEER].text
    assert "Địa chỉ báo sống trả lời mã 503." in text
    assert "secret" not in text + "".join(describe_telling(commune.root))
    codes.append(200)
    commune.tell(TUESDAY)
    assert "Báo sống: không còn như đã báo." in commune.box.take()[ENGINEER].text
    commune.tell(TUESDAY)
    assert asked == ["/secret"] * 2


def test_a_dry_run_writes_everything_and_changes_nothing(
    commune: Commune, tmp_path_factory: pytest.TempPathFactory
) -> None:
    all_roles(commune)
    commune.publish(TUESDAY, roll_call=[owed("T01", TUESDAY)])
    commune.tell(TUESDAY, time(5))
    commune.box.take()
    before = {path: path.read_bytes() for path in commune.root.path.rglob("*") if path.is_file()}
    night = datetime.combine(TUESDAY, time(3), HERE)
    folder = tmp_path_factory.mktemp("dry") / "thu"
    written = write_all(commune.root, commune.contracts, night, folder)
    assert [name for name, _ in written] == ["001-T01-nguoi_nop.eml", "002-xa-chu_tich.eml"]
    assert all((folder / name).stat().st_mode & 0o777 == 0o600 for name, _ in written)
    assert {path: path.read_bytes() for path in commune.root.path.rglob("*") if path.is_file()} == before
    commune.tell(TUESDAY)
    assert {*commune.box.take()} == {CLERK, CHAIRMAN}


@pytest.mark.parametrize(
    ("error", "noted"),
    [
        (AuditRefusedError(["Bảng A thiếu 3 dòng"], []), ["Bảng A thiếu 3 dòng"]),
        (ValueError("038185912347"), ["Lỗi của chương trình (ValueError)"]),
        (LockedError("x"), []),
    ],
)
def test_telling_never_fails_a_day_and_never_hides_its_failure(
    error: Exception,
    noted: list[str],
    commune: Commune,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    all_roles(commune)
    commune.root.prepare()
    (commune.root.path / "schemas").mkdir()
    (commune.root.path / "schemas" / "waivers.csv").write_text("x")
    with telling(commune.root, TUESDAY):
        pass
    assert read_trouble(commune.root).what
    with pytest.raises(type(error)), telling(commune.root, TUESDAY):
        raise error
    whys = [bad.why for bad in read_told(commune.root).bad_days]
    assert len(whys) == len(noted)
    assert all(part in why for part, why in zip(noted, whys, strict=True))
    assert "038185912347" not in "".join(whys) + capsys.readouterr().err


def test_a_list_without_its_columns_and_a_full_disk_fail_no_day(
    commune: Commune, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (commune.root.path / "lien_he.csv").write_text("don_vi;ten\n")
    with telling(commune.root, TUESDAY):
        pass
    (said,) = read_trouble(commune.root).what
    assert said == "Báo tin không được: lien_he.csv, dòng 1: thiếu cột dia_chi, vai_tro, tu_ngay."
    assert any("thiếu cột" in line for line in (*describe_telling(commune.root), *doctor_says(commune)))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "")

    monkeypatch.setattr(told_module, "write_private", full)
    capsys.readouterr()
    with telling(commune.root, TUESDAY):
        pass
    assert "thiếu cột" in capsys.readouterr().err


def test_contacts_without_a_sender_are_told_in_doctor(
    commune: Commune, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_roles(commune)
    commune.publish(TUESDAY)
    monkeypatch.delenv(SENDER)
    assert commune.tell(TUESDAY).sent == 0
    assert commune.box.take() == {}
    assert any(
        "chưa khai máy chủ thư" in line
        for good, line in check_telling(commune.root, commune.contracts.commune)
        if not good
    )
    write_private(commune.root.state / "gui_thu", b"mailto://127.0.0.1/?from=xa@example.org\n")
    assert commune.tell(TUESDAY).sent == 2


def test_a_root_that_tells_nobody_says_nothing(tmp_path: Path) -> None:
    root = Root(tmp_path)
    with telling(root, TUESDAY):
        pass
    assert [*describe_telling(root)] == []
    assert [*tmp_path.iterdir()] == []


def test_the_book_names_nobody(commune: Commune) -> None:
    all_roles(commune)
    commune.publish(TUESDAY, roll_call=[owed("T01", TUESDAY)])
    commune.tell(TUESDAY)
    kept = b"".join(path.read_bytes() for path in commune.root.state.rglob("*") if path.is_file())
    assert [word for word in ("example.org", "Mận", "Kính gửi") if word.encode() in kept] == []
