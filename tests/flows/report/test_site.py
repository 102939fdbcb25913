"""The site as a whole: every page stands, loads nothing, links to what is there, and says it twice alike."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qsl, unquote

import polars as pl
import pytest

from flows import words
from flows.faults.causes import KINDS
from flows.faults.ledger import filter_standing, measure_pace
from flows.report import write_site
from flows.report.faults import group_by_cause, sort_faults
from flows.report.names import Names
from flows.report.page_data import STILL, list_cause_rows
from flows.report.unscored import select_latest_scores
from tests.flows.report.fake import AS_OF, COMMUNE, DATASETS, INDICATORS, UNJUDGED, write_release
from tests.flows.report.html import Page, pages, payload


def written(release: Path) -> Path:
    return write_site(release, DATASETS, INDICATORS, COMMUNE, AS_OF).parent


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(write_release(tmp_path_factory.mktemp("release"), faults=300))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("empty"))


@pytest.fixture(params=["reports", "empty"])
def site(request: pytest.FixtureRequest) -> Path:
    return Path(request.getfixturevalue(request.param))


def test_every_element_is_closed_where_it_was_opened(site: Path) -> None:
    broken = {
        name: (page.open, page.crossed)
        for name, text in pages(site).items()
        if (page := Page(text)).open or page.crossed
    }
    assert broken == {}


def test_no_name_of_a_place_stands_twice_on_a_page(site: Path) -> None:
    twice = {name: len(ids) - len(set(ids)) for name, text in pages(site).items() if (ids := Page(text).ids)}
    assert not any(twice.values())


def test_no_page_loads_anything(site: Path) -> None:
    loads = {load for text in pages(site).values() for load in Page(text).loads}
    assert loads == {"data:,"}
    assert not any(re.search(r"https?:|url\(|@import|fetch\(|XMLHttp", text) for text in pages(site).values())


def test_every_link_leads_somewhere(site: Path) -> None:
    found = pages(site)
    ids = {name: set(Page(text).ids) for name, text in found.items()}
    searched = {name for name in found if "du-lieu" in ids[name]}
    lost = []
    for name, text in found.items():
        for link in Page(text).links:
            path, _, anchor = link.partition("#")
            target = ((site / name).parent / unquote(path)).resolve() if path else site / name
            inside = (
                target.relative_to(site.resolve()).as_posix() if target.is_relative_to(site.resolve()) else ""
            )
            known = not anchor or inside in searched or anchor in ids.get(inside, set())
            if not target.exists() or not known:
                lost.append((name, link))
    assert lost == []


def test_the_same_release_gives_the_same_bytes(tmp_path: Path, reports: Path) -> None:
    again = written(write_release(tmp_path, faults=300))
    assert pages(again) == pages(reports)


def test_an_empty_release_says_so(empty: Path) -> None:
    said = "".join(Page(pages(empty)["index.html"]).words)
    assert "chưa có chỉ tiêu nào được tính" in said
    assert "Không còn lỗi nào phải sửa" in said


def test_every_fault_is_within_three_clicks_of_the_first_page(reports: Path) -> None:
    index = Page(pages(reports)["index.html"])
    assert "loi.html" in index.links
    faults = pl.read_parquet(reports.parent / "faults.parquet")
    assert payload(pages(reports)["loi.html"])["rows"] == faults.height


def test_every_unit_has_its_page(reports: Path) -> None:
    listed = {link for link in Page(pages(reports)["don_vi.html"]).links if link.startswith("don_vi/")}
    assert listed == {f"don_vi/{unit.name}.html" for unit in COMMUNE.units}


def test_no_page_speaks_like_a_machine(site: Path) -> None:
    said = {
        name: " ".join(Page(text).words) for name, text in pages(site).items() if name != "phan_tich.html"
    }
    machine = {
        name: found
        for name, text in said.items()
        if (found := re.findall(r"\b(None|nan|null|True|False)\b", text))
    }
    assert machine == {}


def test_a_unit_that_only_the_tables_know_still_has_a_page(tmp_path: Path) -> None:
    release = write_release(tmp_path, faults=40)
    path = release / "faults.parquet"
    pl.read_parquet(path).with_columns(unit=pl.lit("thon_la")).write_parquet(path)
    assert "Có 0 lỗi chặn" not in pages(written(release))["don_vi/thon_la.html"]


def said(page: str) -> str:
    return " ".join(" ".join(Page(page).words).split())


def test_how_fast_units_mend_stands_where_they_are_looked_up(reports: Path) -> None:
    found = pages(reports)
    pace_of = measure_pace(pl.read_parquet(reports.parent / "issues.parquet"))
    row = pace_of.filter(pl.col("days_to_fix").is_not_null()).row(0, named=True)
    days = f"thường sau {words.number(row['days_to_fix'], 1)} ngày"
    assert days in said(found[f"don_vi/{row['unit']}.html"])
    for name in ("index.html", "ky_su.html", "don_vi.html"):
        assert "Thường sửa sau" in said(found[name])


def test_every_fault_of_the_ledger_is_said_in_a_sentence(reports: Path) -> None:
    page = payload(pages(reports)["theo_doi.html"])
    says = next(field for field in page["fields"] if field["name"] == "says")
    assert min(says["at"]) == 0
    assert all(sentence.endswith((".", ")")) for sentence in says["ids"])


def test_causes_say_of_what_kind_they_are(reports: Path) -> None:
    engineer = said(pages(reports)["ky_su.html"])
    faults = sort_faults(
        *(pl.read_parquet(reports.parent / f"{name}.parquet") for name in ("faults", "issues"))
    )
    for kind in group_by_cause(faults)["kind"].unique():
        assert KINDS[kind] in engineer


def test_a_score_that_could_not_be_told_says_why(reports: Path) -> None:
    found = pages(reports)
    scores = select_latest_scores(pl.read_parquet(reports.parent / "scores.parquet")).drop_nulls("reason")
    assert UNJUDGED in said(found["ky_su.html"])
    assert all(UNJUDGED in said(found[f"don_vi/{unit}.html"]) for unit in scores["unit"])
    assert "chưa có quy tắc nào về chữ này" in said(found["ky_su.html"])


def test_links_of_a_cause_lead_to_its_faults(reports: Path) -> None:
    faults = sort_faults(
        *(pl.read_parquet(reports.parent / f"{name}.parquet") for name in ("faults", "issues"))
    )
    names = Names(DATASETS, COMMUNE, {})
    for row in list_cause_rows(group_by_cause(faults), names, 500):
        fields = dict(parse_qsl(row["link"]))
        assert fields.pop("standing") == STILL
        assert faults.filter(**fields).height >= row["count"], row["link"]


def test_pages_count_what_somebody_still_has_to_mend(reports: Path) -> None:
    faults, issues = (pl.read_parquet(reports.parent / f"{name}.parquet") for name in ("faults", "issues"))
    still = filter_standing(faults, issues)
    over = faults.height - still.height
    assert 0 < over < faults.height
    found = pages(reports)
    assert f"{words.number(still.height)} lỗi: " in said(found["index.html"])
    engineer = said(found["ky_su.html"])
    assert f"{words.number(still.height)} lỗi về " in engineer
    assert f"Thêm {words.number(over)} lỗi của kỳ đã qua, không còn phải sửa." in engineer
    assert f'"rows":{faults.height},' in (reports / "loi.html").read_text("utf-8")
