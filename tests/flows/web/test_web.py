"""The page by plain HTTP: who may what, handing in, the same judgement as the day, and attacks."""

from __future__ import annotations

import io
import json
import re
import socket
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openpyxl
import pytest

from flows.collect.inbox import collect
from flows.web.guards import RequestLimits
from flows.web.sessions import MOST_WRONG
from tests.conftest import Day
from tests.flows.forms.made import CONTRACTS, filled
from tests.flows.web.visitor import PASSWORD, PEOPLE, Served, Visitor, copy_root, serve

DATASET = CONTRACTS.datasets["phan_anh_ha_tang"]
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def served(planted: Day, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = copy_root(planted.root.path, tmp_path_factory.mktemp("web") / "xa")
    with serve(root) as one:
        yield one


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The page of a root that has nothing yet: judging beside its archive costs little."""
    limits = RequestLimits(upload=4 << 20, silent=1.0, at_first=2.0, slowest=20_000)
    with serve(tmp_path_factory.mktemp("web") / "xa", limits) as one:
        yield one


@pytest.fixture(scope="module")
def lan(office: Served) -> Visitor:
    return office.visitor("lan")


def form(*rows: dict[str, str | None]) -> bytes:
    """A thôn's form with these changes to the example, a row each."""
    return filled(DATASET, *rows)


def test_a_clerk_hands_in_a_file_and_its_corrections(office: Served, lan: Visitor) -> None:
    first = DATASET.columns[0].name
    lan.upload_and_wait("bao cao.xlsx", form({first: "31/02/2026"}, {}))
    assert "lỗi chặn" in lan.page
    typed = {name: value for name, value in lan.fields().items() if name[0] != "d"}
    number = next(name for name, value in typed.items() if value == "31/02/2026")
    lan.post(f"/nop/{lan.draft}/sua", **(typed | {number: "01/11/2026"}))
    lan.look_until_judged()
    assert "31/02/2026</del>" in lan.page
    assert "<ins>01/11/2026" in lan.page
    assert "Không có lỗi chặn" in lan.page or "Không còn lỗi" in lan.page
    lan.post(f"/nop/{lan.draft}/gui")
    assert lan.path.startswith("/bien-nhan/")
    folder = office.root.inbox / "T01"
    original, copy = folder / "bao cao.xlsx", folder / "bao cao (sửa trên trang).xlsx"
    assert original.exists()
    book = openpyxl.load_workbook(io.BytesIO(copy.read_bytes()))
    listed = [[cell.value for cell in row] for row in book["ĐÃ SỬA TRÊN TRANG"].iter_rows()]
    assert listed[-1][2:5] == ["31/02/2026", "01/11/2026", "lan"]
    new = collect(office.root).new
    assert [one.file for one in new] == [original.name, copy.name]


def test_what_was_corrected_can_be_taken_back(office: Served, lan: Visitor) -> None:
    lan.upload_and_wait("a.xlsx", form({DATASET.columns[0].name: "31/02/2026"}))
    before = lan.page.count("lỗi chặn")
    lan.post(f"/nop/{lan.draft}/sua", **{"phien": "0", "o.0": "02/11/2026"})
    lan.look_until_judged()
    cell = re.search(r'name="o" value="([A-Z]+\d+)"', lan.page)
    assert cell
    lan.post(f"/nop/{lan.draft}/lui", trang="Biểu mẫu", o=cell[1])
    lan.look_until_judged()
    assert lan.page.count("lỗi chặn") == before
    assert "Đã sửa" not in lan.page
    # A page of before the change changes nothing.
    assert lan.post(f"/nop/{lan.draft}/sua", **{"phien": "0", "o.0": "03/11/2026"}).status == 409
    lan.post(f"/nop/{lan.draft}/bo")


def test_a_whole_row_can_be_typed_anew_or_dropped(lan: Visitor) -> None:
    lan.upload_and_wait("a.xlsx", form({}, {DATASET.columns[0].name: "hôm qua"}))
    row = re.search(r"dong\?trang=[^\"&]*&amp;dong=(\d+)", lan.page)
    assert row
    path = f"/nop/{lan.draft}/dong?trang=Biểu mẫu&dong={row[1]}"
    lan.get(path)
    assert lan.page.count("<label>") == len(DATASET.columns) + 1
    lan.post(path, bo_dong="1")
    lan.look_until_judged()
    assert "hôm qua</td>" not in lan.page
    lan.post(f"/nop/{lan.draft}/bo")


def test_a_unit_gets_its_form_its_receipts_and_nobody_elses(served: Served) -> None:
    lan = served.visitor("lan")
    assert lan.client.get("/bieu-mau/phan_anh_ha_tang").content[:2] == b"PK"
    assert lan.get("/bieu-mau/dan_cu").status == 404
    own = sorted((served.root.latest / "reports" / "don_vi" / "T01" / "phieu_nhan").iterdir())[0]
    other = sorted((served.root.latest / "reports" / "don_vi" / "T02" / "phieu_nhan").iterdir())[0]
    assert lan.get(f"/bao-cao/don_vi/T01/phieu_nhan/{own.name}").status == 200
    assert lan.get(f"/bao-cao/don_vi/T02/phieu_nhan/{other.name}").status == 404
    for path in ("index.html", "loi.html", "don_vi/T02.html", "../manifest.json", "..%2fmanifest.json"):
        assert lan.get(f"/bao-cao/{path}").status == 404, path
    for path in ("/ky-su", "/phan-tich"):
        assert lan.get(path).status == 403


def test_anothers_drafts_and_receipts_are_not_found(office: Served, lan: Visitor) -> None:
    lan.upload_and_wait("a.xlsx", form({}))
    draft = lan.draft
    binh = office.visitor("binh")
    for path in (f"/nop/{draft}", f"/nop/{draft}/danh-dau", f"/nop/{draft}/trang-thai", "/bien-nhan/1"):
        assert binh.get(path).status == 404, path
    binh.get("/don-vi")
    assert binh.post(f"/nop/{draft}/gui").status == 404
    assert binh.get("/nop/..%2f..%2fT01").status == 404
    lan.get("/don-vi")
    lan.post(f"/nop/{draft}/gui")
    number = lan.path.split("/")[-1]
    assert binh.get(f"/bien-nhan/{number}").status == 404
    assert lan.get(f"/bien-nhan/{number}").status == 200


def test_each_role_sees_its_own_pages(served: Served) -> None:
    marked = next((served.root.latest / "reports" / "don_vi").glob("*/tra_bai/*"))
    unmasked = f"/bao-cao/don_vi/{marked.parts[-3]}/tra_bai/{marked.name}"
    seen = {
        "ky": {"/ky-su": 200, "/bao-cao/loi.html": 200, "/phan-tich": 200, "/don-vi": 403, unmasked: 404},
        "chu": {"/bao-cao/index.html": 200, "/bao-cao/loi.html": 404, "/ky-su": 403, unmasked: 404},
        "phan": {"/phan-tich": 200, "/bao-cao/phan_tich.html": 200, "/ky-su": 403, unmasked: 404},
    }
    for name, pages in seen.items():
        one = served.visitor(name)
        assert {path: one.get(path).status for path in pages} == pages, name
    # A page of the report runs its own script alone.
    policy = served.visitor("ky").client.get("/bao-cao/loi.html").headers["content-security-policy"]
    assert "script-src 'sha256-" in policy
    assert "frame-ancestors 'none'" in policy


def test_questions_reach_only_what_is_open(served: Served, tmp_path: Path) -> None:
    one = served.visitor("phan").get("/phan-tich")
    assert one.post("/phan-tich/hoi", cau_hoi="select count(*) as n from open.ho_gia_dinh").status == 200
    release = served.root.latest.resolve()
    for question in (
        "select * from faults",
        f"select * from read_parquet('{release}/faults.parquet')",
        f"select * from read_parquet('{release}/data/*/*/*.parquet')",
        "select * from read_text('/etc/passwd')",
        f"copy (select 1) to '{tmp_path}/a'",
        f"copy (select 1) to '{release}/a'",
        f"attach '{tmp_path}/b.db'",
        "select 1; select 2",
        "set memory_limit='9GB'",
        "install httpfs",
    ):
        assert one.post("/phan-tich/hoi", cau_hoi=question).status == 422, question
        one.get("/phan-tich")
    assert list(tmp_path.iterdir()) == []
    one.post("/phan-tich/hoi", cau_hoi="select unnest(range(100000)) as n")
    assert one.page.count("<tr>") <= 201
    served.desk.questions._seconds = 1.0
    slow = "select count(*) from range(10000000000) a, range(100000) b where a.range % 7 = b.range % 5"
    assert one.post("/phan-tich/hoi", cau_hoi=slow).status == 422
    assert "quá lâu" in one.page
    served.desk.questions._seconds = 60.0
    assert one.get("/phan-tich").post("/phan-tich/hoi", cau_hoi="select 1 as n").status == 200


def test_nobody_gets_in_without_a_session(office: Served) -> None:
    one = office.visitor()
    for path in ("/", "/don-vi", "/ky-su", "/phan-tich", "/bao-cao/index.html", "/nop/abcdefghijklmnop"):
        assert one.get(path).path == "/vao", path
    assert one.client.post("/nop", files=[("tep", ("a.csv", b"1"))]).url.path == "/vao"


def test_a_session_ends_with_logout_and_with_a_new_password(office: Served) -> None:
    one, other = office.visitor("binh"), office.visitor("binh")
    kept = dict(one.client.cookies)
    one.post("/ra")
    stale = office.visitor()
    stale.client.cookies.update(kept)
    assert stale.get("/don-vi").path == "/vao"
    other.get("/doi-mat-khau")
    other.post("/doi-mat-khau", cu=PASSWORD, moi="mot cai cau khac 99", lai="mot cai cau khac 99")
    assert other.get("/don-vi").status == 200
    third = office.visitor().log_in("binh", "mot cai cau khac 99")
    third.get("/doi-mat-khau")
    third.post("/doi-mat-khau", cu="mot cai cau khac 99", moi=PASSWORD, lai=PASSWORD)
    assert other.get("/don-vi").path == "/vao"
    office.desk.accounts.change_password("binh", PASSWORD, PASSWORD + "x")
    assert third.get("/don-vi").path == "/vao"
    office.desk.accounts.change_password("binh", PASSWORD + "x", PASSWORD)


def test_a_first_password_must_be_changed(office: Served) -> None:
    first = office.desk.accounts.add("moi", "don_vi", "T03")
    one = office.visitor().log_in("moi", first)
    assert one.path == "/doi-mat-khau"
    assert one.get("/don-vi").path == "/doi-mat-khau"
    for easy in ("ngan", "moi12345678", first, "aaaaaaaaaaaa"):
        assert one.post("/doi-mat-khau", cu=first, moi=easy, lai=easy).status == 422, easy
    one.post("/doi-mat-khau", cu=first, moi=PASSWORD, lai=PASSWORD)
    assert one.path == "/don-vi"
    office.desk.accounts.remove("moi")
    assert one.get("/don-vi").path == "/vao"


def test_a_form_without_its_token_changes_nothing(office: Served, lan: Visitor) -> None:
    lan.upload_and_wait("a.xlsx", form({}))
    path = f"/nop/{lan.draft}"
    before = sorted(office.root.inbox.rglob("*"))
    for fields in (
        {},
        {"csrf": ""},
        {"csrf": "x" * 43},
        {"csrf": office.visitor("binh").get("/don-vi").token},
    ):
        assert lan.send(f"{path}/gui", fields).status == 403, fields
    lan.get(path)
    token = lan.token
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}):
        assert lan.send(f"{path}/gui", {"csrf": token}, **headers).status == 403, headers
    assert lan.send("/vao", {"ten": "ky", "mat_khau": PASSWORD}).status == 403
    assert sorted(office.root.inbox.rglob("*")) == before
    lan.get(path).post(f"{path}/bo")


def test_a_redirect_leads_to_no_other_site(office: Served) -> None:
    for path in (
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:1",
    ):
        one = office.visitor().get("/vao")
        answer = one.client.post(
            "/vao",
            data={"csrf": one.token, "ten": "ky", "mat_khau": PASSWORD, "tiep": path},
            follow_redirects=False,
        )
        assert (answer.status_code, answer.headers["location"]) == (303, "/"), path


def test_who_guesses_passwords_is_kept_out(office: Served) -> None:
    one = office.visitor().get("/vao")
    for _ in range(MOST_WRONG):
        assert one.post("/vao", ten="phan", mat_khau="sai").status == 401
    assert one.post("/vao", ten="phan", mat_khau=PASSWORD).status == 429
    # Nobody learns whether a name exists, and others get in.
    assert one.post("/vao", ten="khong_co", mat_khau="sai").status == 401
    assert office.visitor("chu").path == "/bao-cao/index.html"
    office.desk.logins.note_right("phan")


def test_every_answer_has_its_headers(office: Served) -> None:
    one = office.visitor("lan")
    for path in ("/don-vi", "/vao", "/khong-co", "/bao-cao/don_vi/T01.html", "/tinh/web.js"):
        headers = one.client.get(path).headers
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-inline" not in policy.split("script-src")[-1], path
        assert headers["x-content-type-options"] == "nosniff"
    cookie = office.visitor().get("/vao").client.post("/vao").headers.get("set-cookie", "")
    assert "HttpOnly" in cookie
    assert "SameSite" in cookie


def test_text_of_others_is_never_a_script(lan: Visitor) -> None:
    lan.upload_and_wait(f"{EVIL}.xlsx", form({DATASET.columns[0].name: EVIL, DATASET.columns[2].name: EVIL}))
    assert "alert(1)" in lan.page
    assert "<script>alert" not in lan.page
    assert "<img" not in lan.page
    lan.post(f"/nop/{lan.draft}/sua", **{"phien": "0", "o.0": f"{EVIL} {EVIL}"})
    lan.look_until_judged()
    assert "<script>alert" not in lan.page
    lan.post(f"/nop/{lan.draft}/gui")
    assert lan.path.startswith("/bien-nhan/")
    assert "<script>alert" not in lan.page
    assert "<script>alert" not in lan.get("/don-vi").page


def test_a_name_leads_out_of_no_folder(office: Served, lan: Visitor) -> None:
    outside = office.root.path.parent
    before = {*outside.iterdir()}
    for name in (
        "../../../a.csv",
        "..\\..\\b.csv",
        "/etc/c.csv",
        "C:\\d.csv",
        "e\x00.csv",
        "..",
        "con\r\nx: y.csv",
    ):
        lan.upload((name, b"1;2\n"))
        assert lan.status == 200, name
        assert lan.path.startswith("/nop/"), name
        lan.post(f"/nop/{lan.draft}/gui")
    assert {*outside.iterdir()} == before
    assert all(path.parent == office.root.inbox / "T01" for path in (office.root.inbox / "T01").rglob("*"))
    assert lan.upload(("~$a.xlsx", b"1")).status == 422


def test_a_bomb_is_refused_and_the_page_goes_on(lan: Visitor) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (300 << 20))
    lan.upload_and_wait("bom.xlsx", packed.getvalue())
    assert lan.status == 200
    assert "lỗi chặn" in lan.page
    lan.post(f"/nop/{lan.draft}/bo")


def raw(served: Served, visitor: Visitor, length: int, body: bytes, wait: float = 0.0, times: int = 1) -> str:
    """What the page answers to an upload that is sent so by hand."""
    host, port = served.address.removeprefix("http://").split(":")
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.client.cookies.items())
    head = (
        f"POST /nop HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {cookies}\r\nContent-Length: {length}\r\n"
        "Content-Type: multipart/form-data; boundary=xx\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=60) as line:
        line.sendall(head.encode())
        for _ in range(times):
            time.sleep(wait)
            try:
                line.sendall(body)
            except OSError:
                break
        return line.recv(4096).decode(errors="replace").split("\r\n")[0]


def test_what_is_too_large_or_too_slow_is_not_kept(office: Served, lan: Visitor) -> None:
    before = {one.id for one in office.desk.drafts.list_of("T01")}
    assert " 413 " in raw(office, lan, 2 << 30, b"")
    start = b'--xx\r\nContent-Disposition: form-data; name="tep"; filename="a"\r\n\r\n'
    assert " 408 " in raw(office, lan, 1 << 20, start)
    assert " 408 " in raw(office, lan, 1 << 20, start, wait=0.2, times=25)
    chunked = (start if at == 0 else b"x" * (1 << 20) for at in range(6))
    answer = lan.client.post(
        "/nop", content=chunked, headers={"content-type": "multipart/form-data; boundary=xx"}
    )
    assert answer.status_code == 413
    assert {one.id for one in office.desk.drafts.list_of("T01")} == before
    assert lan.get("/don-vi").status == 200


def test_the_log_names_nobody(office: Served, lan: Visitor) -> None:
    lan.get("/nop/NguyenVanMau?ten=038185912347")
    log = office.root.state / "web" / "truy_cap.jsonl"
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert {"when", "method", "page", "status", "ms", "bytes", "role", "unit"} == {*lines[-1]}
    text = log.read_text()
    assert not any(
        said in text for said in ("Nguyen", "038185912347", "alert", *(f'"{name}"' for name in PEOPLE))
    )
    assert log.stat().st_mode & 0o77 == 0
    assert office.desk.accounts.path.stat().st_mode & 0o77 == 0


def test_twenty_files_at_once_are_all_judged(office: Served) -> None:
    def hand(at: int) -> int:
        one = office.visitor("binh")
        one.upload((f"tep {at}.csv", f"Ngày phản ánh;Nhà mạng\n0{at % 9 + 1}/11/2026;x{at}\n".encode()))
        return one.status

    with ThreadPoolExecutor(20) as threads:
        assert [*threads.map(hand, range(20))] == [200] * 20
    assert len(office.desk.drafts.list_of("T02")) == 20


def test_an_engineer_decides_what_is_held(served: Served) -> None:
    one = served.visitor("ky").get("/ky-su")
    code = re.search(r'name="ma" value="([0-9a-f]{64})"', one.page)
    assert code
    assert one.post("/ky-su/xac-nhan", ma=code[1], ly_do="").status == 422
    one.get("/ky-su")
    one.post("/ky-su/xac-nhan", ma=code[1], ly_do="Trưởng thôn xác nhận", la="ca_bang")
    assert "Đã ghi" in one.page
