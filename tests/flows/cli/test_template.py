"""`template` writes a form that is told by its unit, filled in with what is known."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from flows.cli.main import build_app
from flows.collect.archive import list_archived
from flows.forms import list_known_rows
from flows.intake.records import clean_submission
from schemas.registry import load
from tests.conftest import TODAY, Day

CONTRACTS = load()


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(build_app(), ["template", *arguments, "--date", TODAY.isoformat()])
    return result.exit_code, result.output


def test_a_thon_gets_its_households_filled_in_from_the_latest_register(clean: Day, tmp_path: Path) -> None:
    households = clean.root.latest / "data" / "ho_gia_dinh" / "ky=2026-10"
    unit = sorted(path.stem for path in households.iterdir())[0]
    out = tmp_path / "ho.xlsx"
    code, said = run("ho_gia_dinh", "--unit", unit, "--root", str(clean.root.path), "-o", str(out))
    known = list_known_rows(clean.root, CONTRACTS.datasets["ho_gia_dinh"], unit, CONTRACTS, TODAY)
    assert code == 0
    assert f"đã điền sẵn {known.height} dòng" in said
    assert oct(out.stat().st_mode)[-3:] == "600"
    page = openpyxl.load_workbook(io.BytesIO(out.read_bytes()))["Biểu mẫu"]
    first = int(page.freeze_panes.strip("A"))
    rows = [tuple(page.cell(first + at, c).value for c in range(1, 5)) for at in range(known.height)]
    assert rows == [
        (n, *row) for n, row in enumerate(known.select("ma_ho", "chu_ho", "nhan_khau").iter_rows(), 1)
    ]


def test_what_is_filled_in_is_what_the_thon_itself_reports(clean: Day) -> None:
    dataset = CONTRACTS.datasets["ho_gia_dinh"]
    for unit in ("T05", "T10", "T30"):
        known = list_known_rows(clean.root, dataset, unit, CONTRACTS, TODAY)
        submissions = [one for one in list_archived(clean.root, TODAY) if one.unit == unit]
        parts = [
            part
            for one in submissions
            for part in clean_submission(one, one.content(clean.root).read_bytes(), CONTRACTS).parts
            if (part.dataset, part.period.label) == (dataset.name, "2026-10")
        ]
        reported = parts[0].frame.select("ma_ho", "nhan_khau").sort("ma_ho")
        assert known.height
        assert known.select("ma_ho", "nhan_khau").equals(reported)


def test_without_an_archive_the_form_is_empty(tmp_path: Path) -> None:
    code, said = run("ho_gia_dinh", "--unit", "T01", "--root", str(tmp_path), "-o", str(tmp_path / "a.xlsx"))
    assert code == 0
    assert "điền sẵn" not in said


def test_the_form_is_of_the_commune_that_the_root_declares(other_commune: Path, tmp_path: Path) -> None:
    there, out = ["--root", str(other_commune)], tmp_path / "a.xlsx"
    code, said = run("ho_gia_dinh", "--unit", "T01", *there)
    assert (code, "có: A1" in said) == (2, True)
    assert run("ho_gia_dinh", "--unit", "A1", *there, "-o", str(out))[0] == 0
    book = openpyxl.load_workbook(out)
    texts = {str(cell.value) for page in book for row in page.iter_rows() for cell in row}
    assert {"UBND XÃ MẪU", "THÔN MẪU MỘT"} <= texts
    assert "UBND XÃ NGỌC LẶC" not in texts


@pytest.mark.parametrize("arguments", [["khong_co"], ["dan_cu", "--unit", "T01"]])
def test_wrong_usage_leaves_with_2(arguments: list[str]) -> None:
    assert run(*arguments)[0] == 2
