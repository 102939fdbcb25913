"""A receipt counts what was done on the file besides typing, and lists comments for its unit alone."""

from __future__ import annotations

import io
import os
import stat
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from flows.release.places import MARKED, UNITS
from flows.returns.receipts import find_marked
from flows.root import HERE
from tests.conftest import TODAY, Day, run_plainly
from tests.laws.texts import texts

SAID = "Hỏi lại ông Bùi Văn Mẫu, 0912 345 678 <gấp>"


def commented() -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Biểu"
    page.append(["Tháng 11 năm 2026"])
    page.append(["STT", "Ngày phản ánh", "Nhà mạng", "Nội dung", "Trạng thái", "Ngày giải quyết"])
    for number in (1, 2, 3):
        page.append([number, f"0{number}/11/2026", "Viettel", f"Mất sóng lần {number}", "Mới", None])
    page["D4"].comment = Comment(SAID, "Cán bộ")
    page.row_dimensions[5].hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The releases of two days, on the second of which nothing came."""
    root = tmp_path_factory.mktemp("ghi_chu")
    path = root / "raw" / "inbox" / "T01" / "phan anh.xlsx"
    path.parent.mkdir(parents=True)
    path.write_bytes(commented())
    came = datetime(2026, 11, 17, 9, 30, tzinfo=HERE).timestamp()
    os.utime(path, (came, came))
    return [run_plainly(root).release, run_plainly(root, as_of=TODAY.replace(day=25)).release]


def receipt_in(release: Path) -> Path:
    (path,) = (release / "reports" / "don_vi" / "T01" / "phieu_nhan").iterdir()
    return path


def test_a_receipt_counts_by_kind_and_lists_comments_as_typed(releases: list[Path]) -> None:
    page = receipt_in(releases[0]).read_text(encoding="utf-8")
    assert "<li>Ô D4, trang tính “Biểu”: Hỏi lại ông Bùi Văn Mẫu, 0912 345 678 &lt;gấp&gt;</li>" in page
    assert '<th scope="row">Bản ghi ở dòng ẩn</th><td class="so">1</td>' in page
    assert '<th scope="row">Ghi chú của người nhập</th><td class="so">1</td>' in page


def test_a_receipt_with_comments_is_for_its_unit_alone(releases: list[Path]) -> None:
    for release in releases:
        assert stat.S_IMODE(receipt_in(release).stat().st_mode) == 0o400
        told = [
            path.relative_to(release).parts[-2]
            for path in sorted(release.rglob("*"))
            if path.is_file() and any("Bùi Văn Mẫu" in text for text in texts(path))
        ]
        assert told == ["phieu_nhan", "tra_bai"]


def test_the_marked_workbook_of_a_submission_is_found(planted: Day) -> None:
    whose = planted.table("submissions").select("unit", "file", "submission").unique().rows()
    found = [path for who in whose if (path := find_marked(planted.release, who)) is not None]
    written = [*(planted.release / "reports" / UNITS).glob(f"*/{MARKED}/*")]
    assert sorted(path.resolve() for path in found) == sorted(path.resolve() for path in written)
    assert len(found) > 10
    assert find_marked(planted.release, ("T01", "none.csv", "0" * 64)) is None
