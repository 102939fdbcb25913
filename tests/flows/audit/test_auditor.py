from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from flows.audit import facts
from flows.audit.auditor import Audit, start_auditor
from flows.audit.facts import AuditCase, collect_facts
from flows.audit.pages import write_audit_pages
from flows.audit.surprises import ReleaseComparison, compare_releases
from flows.cache import Cache
from flows.errors import AuditRefusedError
from flows.protect import Key
from flows.release import open_tables
from flows.release.manifest import read_hashes, read_manifest
from flows.release.publish import read_published
from flows.release.refusal import read_refusal
from flows.root import Root
from schemas.open_tables import LEFT_OUT
from schemas.privacy import SMALLEST_GROUP
from schemas.registry import load
from tests.conftest import TODAY, Day, run_plainly

Spoil = Callable[[pl.DataFrame], pl.DataFrame]
REGISTER = "data/dan_cu/ky=2026-10/cong_an.parquet"
OPEN_REGISTER = "open/dan_cu/ky=2026-10/data.parquet"
HOUSEHOLDS = "data/ho_gia_dinh/ky=2026-10/T01.parquet"

# What is done to a table, and what the audit must say of it.
SPOILT: dict[str, tuple[str, Spoil, str]] = {
    "a row was lost": (
        "submissions.parquet",
        lambda t: t.with_columns(rows_seen=pl.col("rows_seen") + 1),
        "số dòng đã đọc bằng",
    ),
    "a state nobody knows": (
        "submissions.parquet",
        lambda t: t.with_columns(
            state=pl.when(pl.col("rows_accepted") == 0).then(pl.lit("xong")).otherwise("state")
        ),
        "một trạng thái đã định",
    ),
    "a unit is not called": (
        "roll_call.parquet",
        lambda t: t.filter(pl.col("unit") != "T05"),
        "có mặt đúng một lần",
    ),
    "a line of the roll call twice": (
        "roll_call.parquet",
        lambda t: pl.concat([t, t.head(1)]),
        "có mặt đúng một lần",
    ),
    "an indicator twice": ("indicators.parquet", lambda t: pl.concat([t, t.head(1)]), "trùng khóa"),
    "bounds turned round": (
        "indicators.parquet",
        lambda t: t.with_columns(low=pl.lit(0.9), high=pl.lit(0.1)),
        "cận trên",
    ),
    "a completeness above one": (
        "indicators.parquet",
        lambda t: t.with_columns(completeness=pl.lit(1.2)),
        "độ đầy đủ nằm từ 0 đến 1",
    ),
    "a share above one": (
        "indicators.parquet",
        lambda t: t.with_columns(value=pl.lit(1.2), high=pl.lit(1.2)),
        "tỷ lệ nằm từ 0 đến 1",
    ),
    "a record twice": (REGISTER, lambda t: pl.concat([t, t.head(1)]), "trùng khóa"),
    "a record lost": (REGISTER, lambda t: t.tail(-1), "bằng số bản ghi được nhận"),
    "a blank required cell": (
        REGISTER,
        lambda t: t.with_columns(thon=pl.lit(None, pl.String)),
        "thiếu ô bắt buộc",
    ),
    "an open question without a warning": (
        HOUSEHOLDS,
        lambda t: t.with_columns(phan_loai_rac=pl.lit(None, pl.Boolean), trang_thai=pl.lit("dat")),
        "thiếu ô bắt buộc",
    ),
    "another type": (REGISTER, lambda t: t.with_columns(pl.col("ngay_sinh").cast(pl.String)), "đúng kiểu"),
    "a column too many": (REGISTER, lambda t: t.with_columns(ho_ten=pl.lit("Ai")), "không thừa cột"),
    "a person alone in an open table": (
        OPEN_REGISTER,
        lambda t: pl.concat([t.tail(-1), t.head(1).with_columns(ngay_mat=pl.lit("1999"))]),
        "có dưới 5 dòng",
    ),
    "a row of an open table lost": (OPEN_REGISTER, lambda t: t.tail(-1), "được đếm để ngoài"),
    "a column too many in an open table": (
        OPEN_REGISTER,
        lambda t: t.with_columns(ma_ho=pl.lit("H00001")),
        "không thừa cột",
    ),
    "a column gone": (REGISTER, lambda t: t.drop("gioi_tinh"), "không thiếu"),
}


def spoil(folder: Path, file: str, change: Spoil) -> None:
    said = {LEFT_OUT: told} if (told := pl.read_parquet_metadata(folder / file).get(LEFT_OUT)) else {}
    change(pl.read_parquet(folder / file, hive_partitioning=False)).write_parquet(
        folder / file, metadata=said
    )


@pytest.fixture(scope="module")
def ask() -> Iterator[Callable[[AuditCase], Audit]]:
    with start_auditor() as auditing:
        yield lambda case: auditing.begin(case)()


@pytest.fixture
def staged(clean: Day, tmp_path: Path) -> Path:
    return Path(shutil.copytree(clean.release, tmp_path / "staged"))


def test_a_good_release_passes(staged: Path, ask: Callable[[AuditCase], Audit]) -> None:
    found = ask(AuditCase(staged, None, load(), TODAY))
    assert (found.faults, found.surprises) == ((), ())
    assert found.checks >= 15


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_release_is_refused_with_its_reason(
    name: str, staged: Path, ask: Callable[[AuditCase], Audit]
) -> None:
    file, change, said = SPOILT[name]
    spoil(staged, file, change)
    assert said in " ".join(ask(AuditCase(staged, None, load(), TODAY)).faults)


def test_an_answer_that_a_warning_asks_for_may_be_open(
    staged: Path, ask: Callable[[AuditCase], Audit]
) -> None:
    spoil(
        staged,
        HOUSEHOLDS,
        lambda t: t.with_columns(phan_loai_rac=pl.lit(None, pl.Boolean), trang_thai=pl.lit("can_bo_sung")),
    )
    assert ask(AuditCase(staged, None, load(), TODAY)).faults == ()


def test_pages_of_an_audit_are_the_same_each_time_and_fetch_nothing(
    clean: Day, staged: Path, tmp_path: Path, ask: Callable[[AuditCase], Audit]
) -> None:
    former = clean.release
    other = Path(shutil.copytree(staged, tmp_path / "other"))
    for folder in (staged, other):
        ask(AuditCase(folder, former, load(), TODAY))
    pages = sorted((staged / "reports" / "data_docs").rglob("*.html"))
    assert len(pages) >= 7
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert text == (other / page.relative_to(staged)).read_text(encoding="utf-8")
        assert not re.search(r"https?://|<script|<link|<img|20\d{6}T", text)


# What is done to the release of the day before, so that today's is surprising.
SURPRISING: dict[str, tuple[str, Spoil, str]] = {
    "fewer rows": (
        "submissions.parquet",
        lambda t: t.with_columns(pl.col("rows_accepted") * 2),
        "dan_cu.2026-10.dong",
    ),
    "an indicator jumped": (
        "indicators.parquet",
        lambda t: t.with_columns(value=1 - pl.col("value")),
        "thon_phu_4g",
    ),
    "a column emptied": (
        REGISTER,
        lambda t: t.with_columns(cot_cu=pl.lit("x")),
        "dan_cu.cot",
    ),
}


def compared(case: AuditCase) -> list[ReleaseComparison]:
    return compare_releases(case, collect_facts(case))


@pytest.mark.parametrize("name", SURPRISING)
def test_what_changed_too_much_is_surprising(name: str, clean: Day, staged: Path) -> None:
    file, change, about = SURPRISING[name]
    spoil(staged, file, change)
    moved = compared(AuditCase(clean.release, staged, load(), TODAY))
    assert any(one.about.startswith(about) for one in moved if one.by >= one.limit)


def test_a_release_like_the_one_before_is_not_surprising(clean: Day) -> None:
    found = compared(AuditCase(clean.release, clean.release, load(), TODAY))
    assert len(found) > 30
    assert [one.about for one in found if one.by] == []


def test_a_file_is_looked_at_once_for_good(
    clean: Day, staged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_path = read_hashes(read_manifest(clean.release))
    case = AuditCase(staged, clean.release, load(), TODAY, by_path, Cache(tmp_path / "kiem", Key(b"k" * 32)))
    seen = collect_facts(case)
    assert seen.now == seen.before
    monkeypatch.setattr(facts, "_inspect", lambda _, path, __: pytest.fail(f"looked at again: {path.name}"))
    assert collect_facts(case) == seen
    monkeypatch.undo()
    spoil(staged, REGISTER, lambda t: pl.concat([t, t.head(1)]))
    spoilt = collect_facts(replace(case, tables=by_path | {REGISTER: "0" * 64}))
    assert spoilt.now[REGISTER].doubles == 2
    assert {path for path in seen.now if spoilt.now[path] != seen.now[path]} == {REGISTER}


def test_data_docs_of_nothing_are_a_page(tmp_path: Path) -> None:
    write_audit_pages(tmp_path / "docs", [], TODAY)
    assert "Kiểm toán ngày 24/11/2026" in (tmp_path / "docs" / "index.html").read_text(encoding="utf-8")


def test_an_open_table_made_by_a_wrong_rule_is_not_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = tmp_path / "raw" / "inbox" / "T01"
    inbox.mkdir(parents=True)
    rows = [f"{day:02}/11/2026;{by};{by} {day};Mới;" for day in range(1, 4) for by in ("VNPT", "Viettel")]
    head = ["Tháng 11 năm 2026", "Ngày phản ánh;Nhà mạng;Nội dung;Trạng thái;Ngày giải quyết"]
    (inbox / "phan anh 11-2026.csv").write_text("\n".join([*head, *rows]), encoding="utf-8")
    with monkeypatch.context() as wrong:
        rule = partial(open_tables.make_open_table, smallest=SMALLEST_GROUP - 2)
        wrong.setattr(open_tables, "make_open_table", rule)
        with pytest.raises(AuditRefusedError, match="có dưới 5 dòng"):
            run_plainly(tmp_path)
    assert read_published(Root(tmp_path)) is None
    release = run_plainly(tmp_path).release
    assert pl.read_parquet(release / "open" / "phan_anh_ha_tang").drop("ky").n_unique() == 1


@pytest.fixture(scope="module")
def fallen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root whose police handed in half of a register of 40 on the day after."""
    root = tmp_path_factory.mktemp("fallen")
    meetings = ["Ngày phản ánh;Nhà mạng;Nội dung;Trạng thái;Ngày giải quyết"]
    meetings += [f"{day:02}/11/2026;VNPT;Việc {day} {n};Mới;" for n in range(3) for day in range(1, 14)]
    inbox = root / "raw" / "inbox" / "T01"
    inbox.mkdir(parents=True)
    (inbox / "phan anh 11-2026.csv").write_text("\n".join(["Tháng 11 năm 2026", *meetings]), encoding="utf-8")
    run_plainly(root, as_of=TODAY.replace(day=23))
    (inbox / "phan anh 11-2026 lai.csv").write_text(
        "\n".join(["Tháng 11 năm 2026", *meetings[:12]]), encoding="utf-8"
    )
    return root


def test_a_surprising_change_is_refused_until_acknowledged(fallen: Path) -> None:
    former = read_published(Root(fallen))
    with pytest.raises(AuditRefusedError, match="39 còn 11"):
        run_plainly(fallen)
    assert read_published(Root(fallen)) == former
    told = read_refusal(Root(fallen))
    assert told is not None
    assert told["as_of"] == "2026-11-24"
    assert (fallen / "curated" / "khong_cong_bo" / "data_docs" / "index.html").exists()
    outcome = run_plainly(fallen, acknowledged="Thôn rà soát lại")
    said = json.loads((outcome.release / "manifest.json").read_text(encoding="utf-8"))
    assert said["acknowledged"]["reason"] == "Thôn rà soát lại"
    assert len(said["acknowledged"]["surprises"]) == 1
    assert read_refusal(Root(fallen)) is None
    assert run_plainly(fallen).unchanged
