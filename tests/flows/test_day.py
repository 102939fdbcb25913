from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import date, datetime, time
from itertools import count
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msoffcrypto.format.ooxml import OOXMLFile
from polars.testing import assert_frame_equal

from flows.errors import LockedError
from flows.root import HERE, Root
from schemas.registry import load
from tests.added import add_dataset
from tests.conftest import TODAY, Day, lines, run_plainly

_MINUTES = count()

PLACE = ["unit", "dataset", "period", "file", "sheet", "cell", "code"]


def places(frame: pl.DataFrame) -> list[tuple[str, ...]]:
    """Where faults stand; those of whole files just by unit, file and code."""
    of_file = pl.col("code").str.starts_with("tep.") & (pl.col("code") != "tep.dong_tong_sai")
    text = frame.select(pl.col(PLACE).cast(pl.String).fill_null(""))
    whole = ["dataset", "period", "sheet", "cell"]
    return sorted(
        text.with_columns(pl.when(~of_file).then(name).alias(name) for name in whole).fill_null("").rows()
    )


def drop(root: Path, unit: str, name: str, content: bytes) -> Path:
    """A file handed in, a minute after the one before, on the morning of the day."""
    folder = root / "raw" / "inbox" / unit
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    moment = datetime.combine(TODAY, time(0), HERE).timestamp() + 60 * next(_MINUTES)
    os.utime(folder / name, (moment, moment))
    return folder / name


COMPLAINTS = lines(
    [
        ["PHẢN ÁNH HẠ TẦNG VIỄN THÔNG"],
        ["Tháng 11 năm 2026"],
        ["STT", "Ngày phản ánh", "Nhà mạng", "Nội dung", "Trạng thái", "Ngày giải quyết"],
        [1, "20/10/2026", "Viettel", "Mất sóng đầu thôn", "Đã giải quyết", "22/10/2026"],
        [2, "01/11/2026", "VNPT", "Đứt cáp", "Mới", None],
    ]
).encode()


def test_every_planted_fault_is_found_at_its_cell_and_nothing_else(planted: Day) -> None:
    assert places(planted.table("faults")) == places(planted.truth)


def test_a_clean_commune_has_no_fault(clean: Day) -> None:
    assert clean.table("faults").select(PLACE).rows() == []


HOME = (
    *("Mã hộ", "Chủ hộ", "Số nhân khẩu", "Internet", "DVC trực tuyến", "TT không tiền mặt"),
    *("Phân loại rác", "Năng lượng sạch"),
)


@pytest.mark.parametrize(
    ("waste", "code", "published"),
    [
        # Forgotten, or nobody does it: the clerk is asked.
        ((None, None, None), "phan_loai_rac.trong_ca_cot", [None] * 3),
        (("Không", "Không", "Không"), None, [False] * 3),
        (("x", None, None), None, [True, False, False]),
        (("Có", "Có", None), "phan_loai_rac.thieu", [True, True]),
    ],
)
def test_a_column_left_blank_beside_ticks_is_asked_about(
    waste: tuple[str | None, ...], code: str | None, published: list[bool | None], tmp_path: Path
) -> None:
    homes = [
        [f"H0000{at}", f"Bùi Văn {name}", 4, "Cáp quang", "x", "Có", each, "x"]
        for at, (name, each) in enumerate(zip(("Một", "Hai", "Ba"), waste, strict=True), 1)
    ]
    drop(tmp_path, "T01", "ho.csv", lines([["Tháng 10 năm 2026"], HOME, *homes]).encode())
    outcome = run_plainly(tmp_path)
    faults = outcome.faults.filter(pl.col("unit") == "T01", pl.col("code").str.starts_with("phan_loai_rac"))
    assert faults["code"].unique().to_list() == ([] if code is None else [code])
    records = pl.read_parquet(outcome.release / "data" / "ho_gia_dinh")
    assert records["phan_loai_rac"].to_list() == published
    state = "can_bo_sung" if published[0] is None else "dat"
    assert records["trang_thai"].unique().to_list() == [state]


def test_a_clean_commune_owes_nothing(clean: Day) -> None:
    assert set(clean.table("roll_call")["state"].unique()) <= {"dung_han", "khong_phat_sinh", "chua_den_han"}


def test_every_dataset_of_the_commune_is_published(clean: Day) -> None:
    assert {path.name for path in (clean.release / "data").iterdir()} == set(load().datasets)


def test_every_indicator_of_the_plan_is_measured(clean: Day) -> None:
    assert clean.table("indicators")["indicator"].n_unique() == 27


def test_rows_are_conserved(planted: Day) -> None:
    unbalanced = planted.table("submissions").filter(
        pl.col("rows_seen") != pl.sum_horizontal("rows_left_out", "rows_accepted", "rows_quarantined")
    )
    assert unbalanced.height == 0


def test_every_archived_file_is_in_submissions(planted: Day) -> None:
    archived = {path.name for path in planted.root.archive.glob("*/*") if path.suffix != ".json"}
    assert set(planted.table("submissions")["submission"]) == archived


def test_accepted_rows_are_the_published_ones(planted: Day) -> None:
    live = pl.col("state").is_in(["chap_nhan", "mot_phan"])
    published = sum(pq.read_metadata(path).num_rows for path in planted.release.glob("data/*/*/*.parquet"))
    assert planted.table("submissions").filter(live)["rows_accepted"].sum() == published


def test_a_second_run_publishes_the_same_release_and_says_that_nothing_came(planted: Day) -> None:
    again = run_plainly(planted.root.path)
    assert (again.release, list(again.new), again.unchanged) == (planted.release, [], True)


@pytest.mark.slow
def test_two_roots_with_the_same_files_and_key_give_the_same_bytes(planted: Day, tmp_path: Path) -> None:
    shutil.copytree(planted.root.path / "raw", tmp_path / "raw")
    (tmp_path / "var").mkdir()
    shutil.copy(planted.root.path / "var" / "key", tmp_path / "var" / "key")
    assert run_plainly(tmp_path).release.name == planted.release.name


def test_a_run_beside_another_is_refused(tmp_path: Path) -> None:
    with Root(tmp_path).lock(), pytest.raises(LockedError):
        run_plainly(tmp_path)


def _encrypted(tmp_path: Path, good: bytes) -> bytes:
    source, target = tmp_path / "plain.xlsx", tmp_path / "secret.xlsx"
    source.write_bytes(good)
    with source.open("rb") as plain, target.open("wb") as secret:
        OOXMLFile(plain).encrypt("mat khau", secret)
    return target.read_bytes()


@pytest.mark.slow
def test_bad_files_are_faults_of_their_own_and_good_ones_are_published(clean: Day, tmp_path: Path) -> None:
    shutil.copytree(clean.root.inbox, tmp_path / "raw" / "inbox")
    good = next((tmp_path / "raw" / "inbox" / "cong_an").glob("*.xlsx")).read_bytes()
    drop(tmp_path, "T01", "hong.xlsx", good[: len(good) // 2])
    drop(tmp_path, "T02", "rong.xlsx", b"")
    drop(tmp_path, "T03", "cong van.docx", (Path(__file__).parent / "word.docx").read_bytes())
    drop(tmp_path, "T04", "mat khau.xlsx", _encrypted(tmp_path, good))
    drop(tmp_path, "T05", "nham don vi.xlsx", good)
    drop(
        tmp_path,
        "T06",
        "thieu cot.csv",
        COMPLAINTS.replace("Nhà mạng".encode(), b"").replace(b"Viettel", b"").replace(b"VNPT", b""),
    )
    outcome = run_plainly(tmp_path)
    found = (
        outcome.faults.filter(pl.col("code") != "giao_nop.tre_han").select("unit", "file", "code").unique()
    )
    assert sorted(found.rows()) == [
        ("T01", "hong.xlsx", "tep.khong_mo_duoc"),
        ("T02", "rong.xlsx", "tep.khong_mo_duoc"),
        ("T03", "cong van.docx", "tep.khong_phai_bang_tinh"),
        ("T04", "mat khau.xlsx", "tep.mat_khau"),
        ("T05", "nham don vi.xlsx", "tep.sai_don_vi"),
        ("T06", "thieu cot.csv", "tep.thieu_cot"),
    ]
    accepted = outcome.submissions.filter(pl.col("state") == "chap_nhan")
    assert accepted.height == clean.table("submissions").filter(pl.col("state") == "chap_nhan").height


@pytest.mark.parametrize("name", ["hong", "rong", "cong van", "mat khau", "nham don vi", "thieu cot"])
def test_messages_of_bad_files_are_sentences(name: str, planted: Day) -> None:
    messages = planted.table("faults").filter(pl.col("code").str.starts_with("tep."))["message"]
    assert all(message.endswith((".", "”")) and message[0].isupper() for message in messages), name


def test_the_last_hand_in_of_a_period_counts(tmp_path: Path) -> None:
    drop(tmp_path, "T01", "mot.csv", COMPLAINTS)
    run_plainly(tmp_path)
    drop(tmp_path, "T01", "hai.csv", COMPLAINTS + "\n3;02/11/2026;Khác;Cột xiêu;Mới;".encode())
    outcome = run_plainly(tmp_path)
    states = outcome.submissions.select("file", "state", "rows_accepted").sort("file").rows()
    assert states == [("hai.csv", "chap_nhan", 3), ("mot.csv", "bi_thay_the", 2)]


def test_a_refused_hand_in_leaves_the_former_in_effect(tmp_path: Path) -> None:
    drop(tmp_path, "T01", "mot.csv", COMPLAINTS)
    run_plainly(tmp_path)
    drop(tmp_path, "T01", "hai.csv", COMPLAINTS.replace(b"/2026;", b"/2026x;"))
    outcome = run_plainly(tmp_path)
    assert outcome.submissions.select("file", "state").sort("file").rows() == [
        ("hai.csv", "tu_choi"),
        ("mot.csv", "chap_nhan"),
    ]


MEETINGS = '''"""Họp thôn: một cuộc họp mỗi dòng."""

from polars import col

from schemas.contract import Column, Dataset, Rule
from schemas.kinds import NGAY, SO_LUONG, VAN_BAN

DATASET = Dataset(
    name="hop_thon",
    title="Họp thôn",
    unit="thon",
    cadence="thang",
    basis="nd09",
    grain="một cuộc họp",
    key=("ngay_hop",),
    rows=(1, 50),
    columns=(
        Column("ngay_hop", "Ngày họp", NGAY),
        Column("nguoi_du", "Số người dự họp", SO_LUONG),
        Column("nguoi_moi", "Số người được mời", SO_LUONG),
        Column("chu_de", "Chủ đề", VAN_BAN, required=False),
    ),
    rules=(
        Rule(
            "nguoi_du.vuot_moi",
            on=("nguoi_moi", "nguoi_du"),
            dimension="dung",
            severity="chan",
            says="Số người dự nhiều hơn số được mời.",
            fails_when=col("nguoi_du") > col("nguoi_moi"),
        ),
    ),
)
'''


def test_a_dataset_added_by_one_module_is_read_judged_and_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_dataset(tmp_path / "more", "hop_thon", MEETINGS, monkeypatch)
    rows = [
        ["Tháng 11 năm 2026"],
        ["Ngày họp", "Số người dự họp", "Số người được mời", "Chủ đề"],
        ["20/10/2026", 40, 50, "Rác thải"],
        ["03/11/2026", 60, 50, None],
    ]
    drop(tmp_path, "T01", "hop.csv", lines(rows).encode())
    outcome = run_plainly(tmp_path, contracts=load())
    assert outcome.faults.filter(unit="T01", dataset="hop_thon").filter(
        ~pl.col("code").str.starts_with("giao_nop")
    ).select("cell", "code").rows() == [("B4", "nguoi_du.vuot_moi")]
    assert pl.read_parquet(outcome.release / "data" / "hop_thon")["nguoi_du"].to_list() == [40]


@pytest.mark.parametrize("name", sorted(load().datasets))
def test_polars_duckdb_and_pandas_read_the_same_rows(name: str, clean: Day) -> None:
    folder = clean.release / "data" / name
    by_polars = pl.read_parquet(folder, hive_partitioning=True).with_columns(pl.col("ky").cast(pl.String))
    by_duckdb = duckdb.sql(f"from read_parquet('{folder}/*/*.parquet')").pl()
    by_pandas = pl.from_pandas(pd.read_parquet(folder))
    place = ["ky", "_unit", "_file", "_sheet", "_row"]
    for other in (by_duckdb, by_pandas):
        assert_frame_equal(other.cast(dict(by_polars.schema)).sort(place), by_polars.sort(place))


@pytest.mark.parametrize("name", sorted(load().datasets))
def test_titles_and_descriptions_stand_in_the_parquet_files(name: str, clean: Day) -> None:
    path = next((clean.release / "data" / name).rglob("*.parquet"))
    schema = pq.read_schema(path)
    assert load().datasets[name].title in schema.metadata[b"title"].decode()
    assert all(field.metadata and field.metadata[b"description"] for field in schema)


def test_no_direct_identifier_leaves_the_root(clean: Day) -> None:
    records = pl.read_parquet(clean.release / "data" / "dan_cu")
    assert not {"ho_ten", "dien_thoai", "dan_toc"} & set(records.columns)
    assert records["so_dinh_danh"].str.contains(r"^[0-9a-f]{32}$").all()


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_to_a_table_loses_a_row(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = [line.split(";") for line in COMPLAINTS.decode().splitlines()]
    rows += [[str(n), f"{n:02}/11/2026", "VNPT", f"Việc {n}", "Mới", ""] for n in range(1, 12)]
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(rows) - 1))
        match data.draw(st.sampled_from(["cut", "twice", "blank", "junk", "total"])):
            case "cut":
                del rows[at][data.draw(st.integers(0, max(0, len(rows[at]) - 1))) :]
            case "twice":
                rows.insert(at, list(rows[at]))
            case "blank":
                rows.insert(at, [""] * 6)
            case "junk":
                rows[at] = [data.draw(st.text("aăx1;/ \t'-", max_size=6)) for _ in range(6)]
            case "total":
                rows.insert(at, ["", "Tổng cộng", "12", "", "", ""])
    root = tmp_path_factory.mktemp("damage")
    drop(root, "T01", "hu.csv", lines(rows).encode())
    outcome = run_plainly(root)
    told = outcome.submissions.row(0, named=True)
    assert told["rows_seen"] == told["rows_left_out"] + told["rows_accepted"] + told["rows_quarantined"]
    assert told["rows_seen"] >= sum(1 for row in rows if any(cell.strip() for cell in row))


def test_a_day_is_judged_on_what_had_come_by_then(planted: Day, tmp_path: Path) -> None:
    shutil.copytree(planted.root.inbox / "kinh_te", tmp_path / "raw" / "inbox" / "kinh_te")
    early = run_plainly(tmp_path, as_of=date(2026, 11, 10))
    received = {one.received[:10] for one in early.new}
    assert max(received) <= "2026-11-10"


def test_contracts_hash_changes_with_the_contracts(clean: Day, tmp_path: Path) -> None:
    shutil.copytree(clean.root.inbox / "kinh_te", tmp_path / "raw" / "inbox" / "kinh_te")
    one = run_plainly(tmp_path).release.name
    other = run_plainly(tmp_path, contracts=replace(load(), hash="khac")).release.name
    assert one != other


def test_a_hand_in_of_bad_rows_only_is_refused_and_all_its_rows_are_told(tmp_path: Path) -> None:
    drop(tmp_path, "T01", "xau.csv", COMPLAINTS.replace(b"/2026;", b"/2026x;"))
    outcome = run_plainly(tmp_path)
    told = outcome.submissions.select("state", "rows_seen", "rows_left_out", "rows_quarantined").rows()
    assert told == [("tu_choi", 5, 3, 2)]
