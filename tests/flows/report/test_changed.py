from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import polars as pl

from flows.release.diff import MOVED, ROWS, ReleaseDifference
from flows.report import write_site
from flows.report.changed import EarlierRelease
from tests.flows.report.fake import AS_OF, COMMUNE, DATASETS, INDICATORS, write_release

ROW = [("ho_gia_dinh", 1200, 1201, 3, 4, 2)]
FIGURES = [
    ("ho_dung_vneid", "2026-11", "xa", COMMUNE.code, 0.5, 0.625, "chua_dat", "dat"),
    ("ho_dung_vneid", "2026-11", "thon", "T01", 0.25, None, "chua_dat", "chua_du_can_cu"),
    ("ho_dung_vneid", "2026-10", "thon", "T01", None, 0.75, None, "dat"),
]


def test_the_page_says_columns_records_and_figures_in_words(tmp_path: Path) -> None:
    found = ReleaseDifference(
        (("ho_gia_dinh", "internet", "String", None),),
        pl.DataFrame(ROW, schema=ROWS, orient="row"),
        pl.DataFrame(FIGURES, schema=MOVED, orient="row"),
    )
    release = write_release(tmp_path, faults=0)
    write_site(
        release, DATASETS, INDICATORS, COMMUNE, AS_OF, since=EarlierRelease("20261123-0a1b2c3d", found)
    )
    page = (release / "reports" / "thay_doi.html").read_text(encoding="utf-8")
    text = unescape(re.sub(r"<[^>]+>", "|", page))
    said = re.sub(r"[|\s]+", " ", text)
    for words in (
        "20261123-0a1b2c3d",
        "internet String không còn",
        "1.200 1.201 3 4 2",
        "tháng 11/2026 50% 62,5% Chưa đạt → Đạt",
        "25% chưa có Chưa đạt → Chưa đủ căn cứ",
        "không có 75% không có → Đạt",
    ):
        assert words in said, (words, said[-1500:])
