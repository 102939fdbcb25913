"""`dulieuxa init` and what follows: a second commune that runs by its configuration alone."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from typer.testing import CliRunner, Result

from flows.cli.commands.init import _TEXT
from flows.cli.main import build_app
from flows.root import Root, read_contracts
from schemas.declared import DeclarationError
from schemas.registry import load
from schemas.settings import FILE, read_settings
from tests.conftest import run_plainly

SAID = ("--ma", "90001", "--ten", 'Xã "Mẫu"', "--tinh", "Tỉnh Mẫu", "--tu-ngay", "2026-09-15")
OWN = """
[don_vi]
kinh_te = "Phòng Kinh tế Mẫu"
mobifone = false
fpt = { ten = "FPT Mẫu", loai = "vien_thong" }
[lich]
nghi_bu = [2026-11-17, 2026-11-18]
[han_nop]
thanh_toan = 4
[muc_tieu.ho_co_ky_nang_so]
2026 = 0.5
"""


def init(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(build_app(), ["init", str(folder), *words])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The root of a commune of its own, with what differs in it."""
    places = tmp_path / "thon.csv"
    places.write_text("ma_thon;ten_thon;xa_cu\nA1;Thôn Mẫu Một;Xã Cũ\nA2;Thôn Mẫu Hai;Xã Cũ\n")
    done = init(tmp_path / "xa", *SAID, "--thon", str(places))
    assert done.exit_code == 0, done.output
    told = tmp_path / "xa" / FILE
    told.write_text(told.read_text(encoding="utf-8") + OWN, encoding="utf-8")
    return tmp_path / "xa"


def hand_in(root: Path, unit: str, name: str, *rows: list[object]) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(root / "raw" / "inbox" / unit / name)


def test_a_commune_with_other_offices_days_and_targets_runs_by_its_file_alone(root: Path) -> None:
    Root(root).prepare(unit.name for unit in read_contracts(Root(root), load()).commune.units)
    heading = ["STT", "Mã hộ", "Họ và tên chủ hộ", "Số nhân khẩu", "Có kỹ năng DVCTT", "Có kỹ năng TTKDTM"]
    more = ["Internet", "Phân loại rác tại nguồn", "Dùng năng lượng sạch"]
    homes = [
        [n, f"H{n:05}", f"Bùi Văn {name}", 3, skilled, skilled, "Cáp quang", "x", "x"]
        for n, (name, skilled) in enumerate(zip(("An", "Ba", "Có", "Dư", "Em"), "xxx  ", strict=True), 1)
    ]
    hand_in(root, "A1", "ho.xlsx", ["Tháng 10 năm 2026"], [*heading, *more], *homes)
    masts = [["Thôn", "Số trạm BTS", "Phủ 4G", "Phủ 5G", "Số hộ dùng cáp quang", "Tốc độ (Mbps)"]]
    masts += [["Thôn Mẫu Một", 2, "x", "x", 100, 50], ["Thôn Mẫu Hai", 1, "x", "x", 80, 40]]
    hand_in(root, "fpt", "tram.xlsx", ["Tháng 10 năm 2026"], *masts)
    outcome = run_plainly(root, date(2026, 11, 24))
    assert outcome.release is not None

    def table(name: str, **is_: str) -> pl.DataFrame:
        return pl.read_parquet(outcome.release / f"{name}.parquet").filter(**is_)

    manifest = json.loads((outcome.release / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["commune"] == {"code": "90001", "name": 'Xã "Mẫu"'}
    called = table("roll_call", period="2026-11")
    # 14/11/2026 is a Saturday; 17 and 18 are taken off, so day 3 is Friday 20, day 4 Monday 23.
    due = dict(called.select("dataset", "due").unique().rows())
    assert (due["thanh_toan"], due["phan_anh_ha_tang"]) == (date(2026, 11, 23), date(2026, 11, 20))
    assert {*called["unit"]} >= {"A1", "A2"}
    assert "mobifone" not in {*table("roll_call")["unit"]}
    assert table("roll_call", unit="fpt", period="2026-10")["state"].to_list() == ["tre_han"]
    aim = table("indicators", indicator="ho_co_ky_nang_so", period="2026-10", by="xa")
    assert aim["muc_tieu"].to_list() == [0.5]
    pages = [path.read_text(encoding="utf-8") for path in (outcome.release / "reports").glob("*.html")]
    for said in ("Xã &#34;Mẫu&#34;", "Phòng Kinh tế Mẫu", "FPT Mẫu"):
        assert any(said in page for page in pages), said
    assert [page for page in pages if "Ngọc Lặc" in page] == []


def test_all_that_the_file_teaches_can_be_taken_as_it_stands(root: Path) -> None:
    example = "\n".join(re.sub(r"^# (?=\[|\w+ = )", "", line) for line in _TEXT.split("\n"))
    said = read_settings(
        example.format(ma='"90001"', ten='"Xã"', tinh='"Tỉnh"', tu_ngay="2026-09-15").encode()
    )
    assert {*said.units} == {"van_phong", "mobifone", "fpt"}
    assert all((said.moved, said.due, said.targets, said.retention, said.sources, said.returns))
    load().of_settings(said, (root / "schemas" / "thon.csv").read_bytes())


def test_what_is_there_is_never_written_over(root: Path) -> None:
    before = (root / FILE).read_bytes()
    assert init(root, *SAID).exit_code == 2
    assert (root / FILE).read_bytes() == before


def test_what_is_not_said_is_asked_for_by_its_option(tmp_path: Path) -> None:
    done = init(tmp_path / "xa", *SAID[2:])
    assert done.exit_code == 2
    assert "--ma" in done.output
    assert not (tmp_path / "xa").exists()


def test_without_a_list_of_thon_it_says_where_to_write_one(tmp_path: Path) -> None:
    done = init(tmp_path / "xa", *SAID)
    assert done.exit_code == 0
    assert "Điền danh sách thôn" in done.output
    with pytest.raises(DeclarationError, match="chưa có thôn nào"):
        read_contracts(Root(tmp_path / "xa"), load())


def test_a_list_that_cannot_be_used_leaves_nothing_behind(tmp_path: Path) -> None:
    places = tmp_path / "thon.csv"
    places.write_text("ma_thon,ten_thon,xa_cu\nA1,,\n")
    done = init(tmp_path / "xa", *SAID, "--thon", str(places))
    assert isinstance(done.exception, DeclarationError)
    assert not (tmp_path / "xa").exists()


def test_two_files_that_name_the_commune_are_refused(root: Path) -> None:
    (root / "schemas" / "xa.csv").write_text("ma_xa,ten_xa,ten_tinh,tu_ngay\n90002,Xã Hai,Tỉnh,2026-09-15\n")
    with pytest.raises(DeclarationError, match=r"^xa.toml, dòng 4: schemas/xa.csv cũng ghi tên xã"):
        read_contracts(Root(root), load())


def test_days_and_targets_alone_go_with_a_commune_that_csv_files_declare(other_commune: Path) -> None:
    (other_commune / FILE).write_text("[han_nop]\ndan_cu = 7\n")
    told = read_contracts(Root(other_commune), load())
    assert (told.commune.code, told.datasets["dan_cu"].due) == ("90001", 7)
