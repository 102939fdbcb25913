"""`check` judges as the day does, tells it in words or as JSON, and marks the file."""

from __future__ import annotations

import io
import json
import os
import shutil
import warnings
from datetime import datetime, time
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from typer.testing import CliRunner, Result

from flows.check import SCHEMA, check, to_json
from flows.cli.main import build_app
from flows.collect.archive import list_archived
from flows.collect.folder import LARGEST
from flows.returns.lists import TO_FIX
from flows.root import HERE, Root
from schemas.registry import load
from tests.conftest import TODAY, Day, run_plainly
from tests.flows.forms.made import CONTRACTS, filled

DATE = ["--date", TODAY.isoformat()]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(build_app(), ["check", *arguments, *DATE])


@pytest.fixture
def faulty(planted: Day, tmp_path: Path) -> Path:
    """The file of Phòng Kinh tế with most faults, in the folder of its unit."""
    faults = planted.table("faults").filter(pl.col("unit") == "kinh_te", pl.col("cell").is_not_null())
    file = faults["file"].mode().sort()[0]
    (tmp_path / "kinh_te").mkdir()
    return Path(shutil.copy(planted.root.inbox / "kinh_te" / file, tmp_path / "kinh_te"))


@pytest.fixture
def faultless(tmp_path: Path) -> Path:
    path = tmp_path / "moi_truong.xlsx"
    path.write_bytes(filled(CONTRACTS.datasets["moi_truong"]))
    return path


def test_a_file_without_faults_leaves_with_0(faultless: Path) -> None:
    result = run(str(faultless))
    assert result.exit_code == 0, result.output
    assert "Không có lỗi nào." in result.output
    assert "1 bản ghi dùng được" in result.output


def test_a_thon_is_one_of_the_commune_that_the_root_declares(faultless: Path, other_commune: Path) -> None:
    result = run(str(faultless), "--root", str(other_commune))
    assert result.exit_code == 1
    assert f"đang ghi “{CONTRACTS.commune.thon[0].name}”" in result.output


def test_blocking_faults_leave_with_1_and_say_where_what_and_how(faulty: Path) -> None:
    result = run(str(faulty))
    assert result.exit_code == 1
    for said in ("lỗi chặn", "đang ghi “", "Trang tính “Sheet1”"):
        assert said in result.output.replace("\n", " ")


def test_json_keeps_to_its_schema(faulty: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    result = run(str(faulty), "--json")
    assert result.exit_code == 1
    said = json.loads(result.stdout)
    jsonschema.validate(said, dict(SCHEMA))
    assert said["blocking"] > 0
    assert said["files"][0]["unit"] == "kinh_te"
    assert (
        said["files"][0]["faults"][0].keys()
        == SCHEMA["properties"]["files"]["items"]["properties"]["faults"]["items"]["properties"].keys()
    )


def test_it_finds_what_the_day_finds(planted: Day) -> None:
    contracts = load()
    faults = planted.table("faults")
    # What two datasets say of one thing shows only where both are at hand.
    crossing = [rule.code for dataset in contracts.datasets.values() for rule in dataset.cross]
    faults = faults.filter(~pl.col("code").is_in(crossing))
    in_effect = planted.table("submissions").filter(pl.col("state").is_in(["chap_nhan", "mot_phan"]))
    some = in_effect.filter(pl.col("submission").is_in(faults["submission"].implode()))
    files = {(one.unit, one.file): one for one in list_archived(planted.root, TODAY)}
    for unit, file in some.select("unit", "file").unique().sort("unit", "file").head(12).iter_rows():
        # The day judges a submission as of the day on which it came.
        day = files[unit, file].day
        found = check(planted.root.inbox / unit / file, unit, day, contracts).faults
        known = faults.filter(
            pl.col("unit") == unit, pl.col("file") == file, ~pl.col("code").str.starts_with("giao_nop.")
        )
        names = ["sheet", "row", "cell", "code", "severity", "message"]
        assert found.select(names).sort(names).equals(known.select(names).sort(names)), file


def test_the_unit_is_told_by_the_folder_else_nobody_owes_the_file(faulty: Path, tmp_path: Path) -> None:
    stray = Path(shutil.copy(faulty, tmp_path / faulty.name))
    one, other = (check(path, None, TODAY, load()) for path in (faulty, stray))
    assert (one.unit, other.unit) == ("kinh_te", None)
    names = ["cell", "code"]
    assert one.faults.select(names).sort(names).equals(other.faults.select(names).sort(names))


def test_a_file_of_another_unit_is_refused(faulty: Path) -> None:
    result = run(str(faulty), "--unit", "T01")
    assert result.exit_code == 1
    assert "không phải đơn vị nộp" in result.output.replace("\n", " ")


def test_the_marked_file_is_written_for_its_owner_only(faulty: Path, tmp_path: Path) -> None:
    out = tmp_path / "sua" / "sua.xlsx"
    assert run(str(faulty), "--marked", str(out)).exit_code == 1
    assert oct(out.stat().st_mode)[-3:] == "600"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        assert openpyxl.load_workbook(io.BytesIO(out.read_bytes())).sheetnames[0] == TO_FIX


def test_what_is_no_table_is_told_so_and_not_marked(tmp_path: Path) -> None:
    path = tmp_path / "anh.xlsx"
    path.write_bytes(b"%PDF-1.7")
    result = run(str(path), "--marked", str(tmp_path / "sua.xlsx"))
    assert result.exit_code == 1
    assert "không phải bảng tính" in result.output.replace("\n", " ")
    assert not (tmp_path / "sua.xlsx").exists()


@pytest.mark.parametrize(
    "arguments", [["khong_co.xlsx"], ["{}", "--unit", "khong_co"], ["{}", "{}", "--marked", "x.xlsx"]]
)
def test_wrong_usage_leaves_with_2(faultless: Path, arguments: list[str]) -> None:
    assert run(*(argument.format(faultless) for argument in arguments)).exit_code == 2


def test_a_file_of_any_name_is_judged_and_one_beyond_all_bounds_is_not_read(
    faultless: Path, tmp_path: Path
) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/b\xe1o c\xe1o\n.xlsx"))
    shutil.copy(faultless, odd)
    assert run(str(odd)).exit_code == 0
    with (tmp_path / "lon.csv").open("wb") as file:
        file.truncate(LARGEST + 1)
    result = run(str(tmp_path / "lon.csv"))
    assert result.exit_code == 2
    assert "lớn hơn 1024 MB" in " ".join(result.output.split())


def test_several_files_are_judged_each_by_itself(faulty: Path, faultless: Path) -> None:
    checked = [check(path, None, TODAY, load()) for path in (faulty, faultless)]
    said = to_json(checked)
    assert [len(file["faults"]) > 0 for file in said["files"]] == [True, False]
    assert said["blocking"] == checked[0].blocking


@pytest.mark.slow
def test_beside_the_archive_it_says_what_the_day_then_says(planted: Day, tmp_path: Path) -> None:
    contracts = load()
    crossing = [rule.code for dataset in contracts.datasets.values() for rule in dataset.cross]
    crossed = planted.table("faults").filter(pl.col("code").is_in(crossing), pl.col("file").is_not_null())
    unit, file = crossed.group_by("unit", "file").len().sort("len", "file", descending=True).row(0)[:2]
    root = Root(tmp_path / "xa")
    for part in {unit, "cong_an", "T01", "T02"}:
        shutil.copytree(planted.root.inbox / part, root.inbox / part)
    path = Path(shutil.move(root.inbox / unit / file, tmp_path / file))
    run_plainly(root.path)
    before = {each: each.stat().st_mtime_ns for each in root.path.rglob("*") if each.is_file()}

    found = check(path, unit, TODAY, contracts, root)

    assert {each: each.stat().st_mtime_ns for each in root.path.rglob("*") if each.is_file()} == before
    assert set(found.faults["code"]) & set(crossing)
    assert "giao_nop.tre_han" in found.faults["code"]
    shutil.copyfile(path, root.inbox / unit / file)
    late = datetime.combine(TODAY, time(23, 59, 59), HERE).timestamp()
    os.utime(root.inbox / unit / file, (late, late))
    outcome = run_plainly(root.path)
    parts = [(one.dataset, one.period.label) for one in found.parts]
    mine = (pl.col("file") == file) | pl.col("file").is_null() & pl.concat_str(
        "dataset", "period", separator=" "
    ).is_in([" ".join(part) for part in parts])
    names = ["sheet", "row", "cell", "code", "severity", "message"]
    told = outcome.faults.filter(mine, unit=unit).select(names).sort(names)
    assert_frame_equal(found.faults.select(names).sort(names), told)
    again = check(path, unit, TODAY, contracts, root)
    assert set(again.faults["code"]) - set(found.faults["code"]) == {"tep.nop_lai_y_het"}


def test_what_can_not_be_known_is_said(faultless: Path) -> None:
    (alone,) = check(faultless, "kinh_te", TODAY, CONTRACTS).unknown
    assert "Chưa so được" in alone


def test_what_was_done_besides_typing_is_counted_and_comments_are_shown(faultless: Path) -> None:
    book = openpyxl.load_workbook(faultless)
    page = book.active
    record = max(cell.row for (cell,) in page["C1:C60"] if cell.value is not None)
    page.row_dimensions[record].hidden = True
    page["C3"].comment = openpyxl.comments.Comment("Hỏi lại [gấp]", "Cán bộ")
    book.save(faultless)
    said = run(str(faultless))
    assert "Tệp có: 1 bản ghi ở dòng ẩn; 1 ghi chú của người nhập" in said.output
    assert "C3 Hỏi lại [gấp]" in said.output
    (told,) = json.loads(run(str(faultless), "--json").output)["files"]
    assert told["noticed"] == {"dong_an": 1, "ghi_chu": 1}
    assert told["comments"] == [{"cell": "C3", "text": "Hỏi lại [gấp]", "sheet": page.title}]
