"""Two working weeks of a small commune with a real mail server: exactly the right letters, none twice."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

import pytest

from flows.errors import AuditRefusedError
from flows.notify import tell as tell_module
from flows.notify.send import send_letter
from flows.notify.settings import PING, SENDER
from flows.notify.tell import tell, telling
from flows.notify.told import Letter
from flows.root import HERE, Root
from schemas.registry import load
from tests.conftest import lines, run_plainly
from tests.mailbox import Mail, MailServer, serve_mail

#: What must be in no letter: a person in a file, in the name of a file, and those who are told.
CANARY, PHONE, TOLD = "Lò Thị Khánh Huyền", "0987654123", "Vừ A Dính"
ONE, TWO = "Thôn Một (Xã Cũ)", "Thôn Hai (Xã Cũ)"
#: The hours at which people are told: after the run, and when what had to wait may go.
HOURS = (time(6, 20), time(7, 15), time(10, 15))
CONTACTS = f"""\
don_vi;ten;dia_chi;vai_tro;tu_ngay
A1;{TOLD};thon@example.org;Người nộp;01/11/2026
A2;{TOLD};thon@example.org;Người nộp;01/11/2026
A2;{TOLD};truong@example.org;Trưởng đơn vị;
viettel;{TOLD};viettel@example.org;nguoi_nop;
;{TOLD};chutich@example.org;chu_tich;
;{TOLD};kysu@example.org;ky_su;
"""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with serve_mail() as box:
        monkeypatch.setenv(SENDER, box.url)
        monkeypatch.delenv(PING, raising=False)
        yield box


@pytest.fixture
def root(tmp_path: Path) -> Path:
    place = tmp_path / "xa"
    (place / "schemas").mkdir(parents=True)
    (place / "schemas" / "xa.csv").write_text(
        "ma_xa,ten_xa,ten_tinh,tu_ngay\n90001,Xã Mẫu,Tỉnh Mẫu,2026-11-01\n"
    )
    (place / "schemas" / "thon.csv").write_text(
        "ma_thon,ten_thon,xa_cu\nA1,Thôn Một,Xã Cũ\nA2,Thôn Hai,Xã Cũ\n"
    )
    (place / "lien_he.csv").write_bytes(CONTACTS.encode("utf-8-sig"))
    return place


def hand_in(root: Path, unit: str, name: str, *rows: list[object]) -> None:
    folder = root / "raw" / "inbox" / unit
    folder.mkdir(parents=True, exist_ok=True)
    head = [["Tháng 11 năm 2026"], ["Ngày phản ánh", "Nhà mạng", "Nội dung", "Trạng thái", "Ngày giải quyết"]]
    (folder / name).write_text(lines([*head, *rows]), encoding="utf-8")


def tell_at(root: Path, day: date, *hours: time) -> None:
    for hour in hours:
        tell(Root(root), load(), datetime.combine(day, hour, HERE))


def die_after_the_first(root: Path, at: datetime) -> None:
    """Tells, and is killed when the server has just taken the first letter."""

    def send_and_die(sender: str, address: str, letter: Letter) -> None:
        send_letter(sender, address, letter)
        os.kill(os.getpid(), signal.SIGKILL)

    tell(Root(root), load(), at, send_and_die)


#: Who is sent what on which day of November. Both thôn have one contact; the deadline is the 18th.
EXPECTED = {
    13: [("kysu", "1 việc cần xem"), ("chutich", "tuần của xã: đạt 0, chưa đạt 0, chưa rõ 12")],
    14: [],
    15: [],
    16: [
        ("thon", f"{ONE}: 1 báo cáo sắp hoặc đã đến hạn và 1 phần nữa"),
        ("thon", f"{ONE}: 1 báo cáo sắp hoặc đã đến hạn và 1 phần nữa"),
        ("chutich", "tuần của xã: đạt 0, chưa đạt 0, chưa rõ 12"),
    ],
    17: [("thon", f"{ONE}: 1 báo cáo sắp hoặc đã đến hạn, 1 việc phải sửa")],
    18: [("thon", f"{ONE}: 1 báo cáo sắp hoặc đã đến hạn, 1 việc phải sửa và 1 phần nữa")],
    19: [("kysu", "Lượt chạy ngày 19/11/2026 hỏng")],
    23: [
        ("kysu", "Đã chạy tốt trở lại"),
        ("thon", f"{ONE}: không còn gì phải sửa và 1 phần nữa"),
        ("truong", f"{TWO} quá hạn nộp"),
        ("chutich", "tuần của xã: đạt 0, chưa đạt 1, chưa rõ 11"),
    ],
    24: [],
    25: [
        ("thon", f"{TWO}: 1 báo cáo quá hạn"),
        ("truong", f"{TWO} quá hạn nộp"),
        ("chutich", "5 đơn vị quá hạn nộp"),
    ],
}


@pytest.mark.slow
def test_exactly_the_right_letters_none_twice_none_with_a_canary(
    root: Path, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    every: list[Mail] = []
    heard: dict[int, list[tuple[str, str]]] = {}

    def hear(day: date) -> None:
        heard[day.day] = [
            (mail.to.partition("@")[0], mail.subject.removeprefix("[Xã Mẫu] ")) for mail in server.mails
        ]
        every.extend(server.mails)
        server.mails.clear()

    for number in range(13, 26):
        day = date(2026, 11, number)
        match number:
            case 17:
                wrong = ["05/11/2026", "Mạng khác", f"{CANARY} báo mất sóng {PHONE}", "Mới", None]
                hand_in(root, "A1", f"phản ánh {CANARY}.csv", wrong)
            case 23:
                hand_in(root, "A1", "sửa.csv", ["05/11/2026", "Viettel", f"{CANARY} báo", "Mới", None])
            case 20 | 21 | 22:
                # The machine is off.
                continue
        if number == 19:
            monkeypatch.setattr(tell_module, "now_here", lambda: datetime(2026, 11, 19, 6, 20, tzinfo=HERE))
            with pytest.raises(AuditRefusedError), telling(Root(root), day):
                raise AuditRefusedError(["Bảng “Điểm danh” thiếu 3 dòng."], [])
        else:
            run_plainly(root, day)
        tell_at(root, day, HOURS[0])
        if number == 16:
            killed = multiprocessing.get_context("spawn").Process(
                target=die_after_the_first, args=(root, datetime.combine(day, HOURS[1], HERE))
            )
            killed.start()
            killed.join()
            assert killed.exitcode == -signal.SIGKILL
        server.away = number == 17
        tell_at(root, day, HOURS[1])
        server.away = False
        tell_at(root, day, HOURS[2])
        hear(day)
    assert heard == EXPECTED
    ids = Counter(mail.id for mail in every)
    # Nobody knows if the server took what was sent when the power went: it came twice, the same both times.
    twice = [mail for mail in every if ids[mail.id] == 2]
    assert [mail.to for mail in twice] == ["thon@example.org"] * 2
    assert twice[0].text == twice[1].text
    assert max(ids.values()) == 2
    again = next(mail.text for mail in every if mail.subject.endswith("Đã chạy tốt trở lại"))
    assert [f"{day}/11/2026 không có kết quả" in again for day in range(19, 24)] == [
        False,
        *[True] * 3,
        False,
    ]
    said = "\n".join(f"{mail.subject}\n{mail.text}" for mail in every)
    assert [word for word in (CANARY, PHONE, TOLD, "example.org") if word in said] == []
