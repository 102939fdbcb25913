"""The page of a province: who leads, what each commune reached, who failed, whom two communes claim."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from flows.report.province import page_content
from schemas.province import COMMUNE_RANKING
from tests.flows.report.fake_province import NAMES, write_page
from tests.flows.report.html import Page


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_page(tmp_path_factory.mktemp("tinh"))


def section(page: Path, name: str) -> str:
    found = re.search(rf'<section aria-labelledby="{name}">.*?</section>', page.read_text("utf-8"), re.DOTALL)
    assert found
    return found[0]


def test_the_page_is_whole_and_loads_nothing(page: Path) -> None:
    read = Page(page.read_text("utf-8"))
    assert (read.open, read.crossed, read.loads) == ([], [], ["data:,"])
    assert len(read.ids) == len(set(read.ids))
    assert all(link.removeprefix("#") in read.ids for link in read.links)
    assert not re.findall(r"\b(None|nan|null|True|False)\b", " ".join(read.words))


def test_communes_stand_in_the_order_of_their_rank(page: Path) -> None:
    ranking = COMMUNE_RANKING.conform(pl.read_parquet(page.parents[1] / "ranking.parquet"))
    last = ranking.filter(pl.col("period") == pl.col("period").max()).sort("rank")
    rows = re.findall(r'<th scope="row">(Xã Mẫu \d)</th><td>(\d)</td>', section(page, "tung-xa"))
    expected = [(f"Xã Mẫu {row['commune'][-1]}", str(row["rank"])) for row in last.iter_rows(named=True)]
    assert rows == expected
    assert len(rows) == 3


def test_each_cell_has_the_colour_of_its_verdict(page: Path) -> None:
    table = pl.read_parquet(page.parents[1] / "indicators.parquet").filter(by="xa", key="90003")
    shown = re.search(r"Xã Mẫu 3</th>(.*?)</tr>", section(page, "tung-xa"))
    assert shown
    found = re.findall(r'<td class="muc (\w+)"', shown[1])
    assert len(found) == table.filter(pl.col("muc_tieu").is_not_null())["indicator"].n_unique()
    assert set(found) <= set(table["status"])


def test_who_failed_is_named_with_the_reason(page: Path) -> None:
    assert "90009</strong>: Trùng mã xã 90001 với" in section(page, "khong-chay")


def test_both_places_of_an_identifier_are_told(page: Path) -> None:
    said = section(page, "trung-xa")
    assert "1 định danh có ở nhiều xã" in said
    assert ["dan cu 90001.xlsx" in said, "dan cu 90003.xlsx" in said, "1.207" in said] == [True] * 3
    assert "Công an xã" in said


def test_communes_of_one_name_are_told_apart(page: Path) -> None:
    tables = {
        path.stem: pl.read_parquet(path).with_columns(pl.lit("Xã Mẫu").alias("name"))
        if path.stem == "communes"
        else pl.read_parquet(path)
        for path in page.parents[1].glob("*.parquet")
    }
    told = page_content(tables, NAMES)
    assert {row["name"] for row in told["communes"]} == {f"Xã Mẫu (9000{n})" for n in (1, 2, 3)}
    assert {row["name"] for row in told["doubles"]} == {"Xã Mẫu (90001)", "Xã Mẫu (90003)"}


def test_where_nobody_is_ranked_no_ranking_is_announced(page: Path) -> None:
    tables = {path.stem: pl.read_parquet(path) for path in page.parents[1].glob("*.parquet")}
    nobody = pl.lit(None, tables["ranking"].schema["rank"]).alias("rank")
    told = page_content(tables | {"ranking": tables["ranking"].with_columns(nobody)}, NAMES)
    assert told["ranked_in"] is None
    assert len(told["communes"]) == 3


def test_a_province_without_trouble_says_so(tmp_path: Path) -> None:
    page = write_page(tmp_path, {})
    assert "Không có định danh nào ở hai xã" in section(page, "trung-xa")
    assert 'id="khong-chay"' not in page.read_text("utf-8")


def test_the_same_release_gives_the_same_bytes(page: Path, tmp_path: Path) -> None:
    assert write_page(tmp_path).read_bytes() == page.read_bytes()
