"""What a unit types, or calls a file, stays text on every page."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from flows.report import search_page, write_site
from tests.flows.report.fake import AS_OF, COMMUNE, DATASETS, INDICATORS, write_release
from tests.flows.report.html import Page, pages, payload

EVIL = "</script><img src=x onerror=alert(1)>'\"&<!--"


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    release = write_release(tmp_path_factory.mktemp("hostile"), faults=40)
    for name, columns in (
        ("faults", ("value", "proposal", "message", "sheet", "file")),
        ("submissions", ("file",)),
        ("issues", ("record", "reason")),
        ("changes", ("change",)),
        ("indicators", ("reason",)),
    ):
        path = release / f"{name}.parquet"
        pl.read_parquet(path).with_columns(pl.lit(EVIL).alias(each) for each in columns).write_parquet(path)
    marked = release / "reports" / "don_vi" / "T01"
    marked.mkdir(parents=True)
    (marked / "trả bài #1 & <b>.xlsx").touch()
    return write_site(release, DATASETS, INDICATORS, COMMUNE, AS_OF).parent


def test_no_markup_of_a_unit_becomes_markup_of_a_page(reports: Path) -> None:
    assert [name for name, text in pages(reports).items() if "<img" in text] == []
    assert {name for name, text in pages(reports).items() if Page(text).open} == set()


def test_what_was_typed_is_still_all_there(reports: Path) -> None:
    fields = {field["name"]: field for field in payload(pages(reports)["loi.html"])["fields"]}
    assert fields["value"]["ids"] == [EVIL]


def test_a_marked_workbook_is_linked_whatever_its_name(reports: Path) -> None:
    links = [link for link in Page(pages(reports)["don_vi/T01.html"]).links if link.startswith("T01/")]
    assert links == ["T01/tr%E1%BA%A3%20b%C3%A0i%20%231%20%26%20%3Cb%3E.xlsx"]


def test_only_our_own_script_may_run(reports: Path) -> None:
    for text in pages(reports).values():
        assert "default-src 'none'" in text
        assert text.count("<script>") == text.count('id="du-lieu"')
        assert "innerHTML" not in text


def test_a_page_that_leaves_rows_out_says_so(reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_page, "MOST", 10)
    write_site(reports.parent, DATASETS, INDICATORS, COMMUNE, AS_OF)
    text = pages(reports)["loi.html"]
    assert payload(text)["rows"] == 10
    assert "đủ 42 dòng ở faults.parquet" in text
