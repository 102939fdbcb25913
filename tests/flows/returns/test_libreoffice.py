"""LibreOffice opens what we give back, keeps it, and saves it so that it can be handed in."""

from __future__ import annotations

import io
import shutil
import subprocess
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest

from flows.read import read_file
from flows.release.places import MARKED
from flows.returns.lists import TO_FIX
from flows.returns.xlsx.comments import HEAD
from flows.returns.xlsx.styles import COLOURS
from schemas.contract import typed_column
from schemas.datasets import load
from tests.conftest import Day
from tests.flows.forms.made import blank
from tests.flows.returns.books import mark_workbook, marks, rich

SOFFICE = shutil.which("soffice")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(SOFFICE is None, reason="no LibreOffice here")]

Convert = Callable[[Sequence[Path], str], list[Path]]


@pytest.fixture(scope="module")
def convert(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    """Opens files and saves them in another format, all in one go."""
    profile = tmp_path_factory.mktemp("profile")

    def run(paths: Sequence[Path], suffix: str) -> list[Path]:
        out = tmp_path_factory.mktemp("out")
        command = [str(SOFFICE), f"-env:UserInstallation={profile.as_uri()}", "--headless"]
        command += ["--convert-to", suffix, "--outdir", str(out), *map(str, paths)]
        subprocess.run(command, check=True, capture_output=True, timeout=600)
        return [out / f"{path.stem}.{suffix}" for path in paths]

    return run


def opened(data: bytes) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return openpyxl.load_workbook(io.BytesIO(data), data_only=True)


def texts(book: openpyxl.Workbook, sheet: str) -> dict[str, object]:
    return {c.coordinate: c.value for row in book[sheet].iter_rows() for c in row if c.value is not None}


def test_a_rich_workbook_opens_with_its_marks(convert: Convert, tmp_path: Path) -> None:
    path = tmp_path / "mau.xlsx"
    book = mark_workbook(rich(), "mau.xlsx", marks({"cell": "B8"}, {"cell": "C9", "severity": "canh_bao"}))
    path.write_bytes(book)
    (saved,) = convert([path], "xlsx")
    before, after = opened(book), opened(saved.read_bytes())
    assert after.sheetnames == before.sheetnames
    for sheet in before.sheetnames:
        assert texts(after, sheet) == texts(before, sheet)
    page = after["Danh sách"]
    assert page["B8"].fill.fgColor.rgb == COLOURS["chan"]
    assert page["C9"].fill.fgColor.rgb == COLOURS["canh_bao"]
    assert HEAD in page["B8"].comment.text
    assert page["B7"].comment.text.startswith("Chị Mẫu")
    assert len(after["Sổ 'cũ' & mới"]._charts) == 1
    assert page.merged_cells == before["Danh sách"].merged_cells
    links = [c.hyperlink.location for row in after[TO_FIX].iter_rows() for c in row if c.hyperlink]
    assert {link.replace("#", "").replace("$", "").split("!")[-1] for link in links} == {"B8", "C9"}


def test_all_marked_workbooks_of_a_commune_open_and_read_the_same_when_saved(
    planted: Day, convert: Convert
) -> None:
    books = sorted((planted.root.latest / "reports" / "don_vi").glob(f"*/{MARKED}/*"))
    datasets = load()
    for suffix in ("xlsx", "ods"):
        for path, saved in zip(books, convert(books, suffix), strict=True):
            before = read_file(path.read_bytes(), path.name, datasets)
            after = read_file(saved.read_bytes(), saved.name, datasets)
            assert [t.dataset for t in after.tables] == [t.dataset for t in before.tables], path
            for one, other in zip(before.tables, after.tables, strict=True):
                key = typed_column(datasets[one.dataset].key[0])
                assert other.cells["_row"].equals(one.cells["_row"])
                # What the clerk had not reckoned, LibreOffice reckons when it opens the file.
                said = ~one.cells[key].str.contains("^[=#]").fill_null(value=False)
                assert other.cells[key].filter(said).equals(one.cells[key].filter(said)), path


def test_marks_come_off_a_workbook_that_libreoffice_saved(convert: Convert, tmp_path: Path) -> None:
    path = tmp_path / "mau.xlsx"
    path.write_bytes(mark_workbook(rich(), "mau.xlsx", marks({"cell": "B8"}, {"cell": "B11"})))
    (saved,) = convert([path], "xlsx")
    again = opened(mark_workbook(saved.read_bytes(), "mau.xlsx", marks({"cell": "B9"})))
    assert again.sheetnames == [TO_FIX, *opened(rich()).sheetnames]
    page = again["Danh sách"]
    coloured = {
        c.coordinate for row in page.iter_rows() for c in row if c.fill.fgColor.rgb in COLOURS.values()
    }
    assert coloured == {"B9"}
    assert {
        c.coordinate for row in page.iter_rows() for c in row if c.comment and HEAD in c.comment.text
    } == {"B9"}


def test_forms_open_and_read_the_same_when_saved(convert: Convert, tmp_path: Path) -> None:
    datasets = load()
    for dataset in datasets.values():
        (tmp_path / f"{dataset.name}.xlsx").write_bytes(blank(dataset))
    for saved in convert(sorted(tmp_path.glob("*.xlsx")), "xlsx"):
        found = read_file(saved.read_bytes(), saved.name, datasets)
        assert [(table.dataset, table.cells.height) for table in found.tables] == [(saved.stem, 0)]
        assert found.problems == ()
