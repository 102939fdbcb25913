"""The pages in a real browser: nothing is loaded, nothing fails, all can be found, read and printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.report import write_site
from tests.browsers import IN_A_BROWSER, open_browser, sync_api
from tests.conftest import Day
from tests.flows.report.fake import AS_OF, COMMUNE, DATASETS, INDICATORS, write_release
from tests.flows.report.fake_province import write_page
from tests.waiting import WITHIN_SECONDS

pytestmark = IN_A_BROWSER

# Of many rows that are found, a page shows so many at once.
ON_A_PAGE = 50
WIDTHS = (390, 1280, 1920)
PAGES = (
    "index.html",
    "ky_su.html",
    "loi.html",
    "tep.html",
    "theo_doi.html",
    "don_vi.html",
    "don_vi/T10.html",
    "don_vi/kinh_te.html",
    "phan_tich.html",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with open_browser() as started:
        yield started


@pytest.fixture(scope="module")
def reports(planted: Day) -> Path:
    return planted.release / "reports"


@pytest.fixture(scope="module")
def receipt(reports: Path) -> str:
    path = sorted((reports / "don_vi" / "kinh_te" / "phieu_nhan").iterdir())[0]
    return path.relative_to(reports).as_posix()


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_page(tmp_path_factory.mktemp("tinh"))


def new_page(browser: Any, **looks: Any) -> Any:
    """A page that waits as long as a slow machine takes."""
    page = browser.new_page(**looks)
    page.set_default_timeout(WITHIN_SECONDS * 1_000)
    return page


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page that fails its test when anything is asked of anywhere, or anything goes wrong."""
    opened = new_page(browser)
    wrong: list[str] = []
    opened.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on(
        "request",
        lambda request: (
            None if request.url.startswith(("file:", "data:", "blob:")) else wrong.append(request.url)
        ),
    )
    yield opened
    opened.close()
    assert wrong == []


def every_page(reports: Path, receipt: str, province: Path) -> list[Path]:
    return [*(reports / name for name in (*PAGES, receipt)), province]


def test_every_page_renders_at_every_width_without_scrolling_sideways(
    page: Any, reports: Path, receipt: str, province: Path
) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for path in every_page(reports, receipt, province):
            page.goto(path.as_uri())
            assert page.locator("h1").count() == 1, path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path.name, width)


CLIPPED = """() => [...document.querySelectorAll('main :is(h1,h2,h3,p,td,th,a,button,label,dd,dt,summary)')]
  .filter(e => e.offsetParent && getComputedStyle(e).overflow !== 'visible')
  .filter(e => e.scrollWidth > e.clientWidth + 1)
  .map(e => e.tagName + ': ' + e.textContent.trim().slice(0, 60))"""
#: Addresses of cells, counts and states that stand on more than one line.
BROKEN = """() => [...document.querySelectorAll('td.o-cell .mo, td.so, .nhan, .hang')]
  .filter(e => e.offsetParent)
  .filter(e => { const range = document.createRange(); range.selectNodeContents(e);
    return new Set([...range.getClientRects()].map(r => Math.round(r.bottom / 12))).size > 1; })
  .map(e => e.textContent)"""
OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll('main :is(h1,h2,h3,p,button,a,summary)')]
    .filter(e => e.offsetParent && !e.querySelector('h1,h2,h3,p,button,a,summary') && e.textContent.trim())
    .map(e => [e, e.getBoundingClientRect()]).filter(([, r]) => r.width && r.height);
  const found = [];
  for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < Math.min(boxes.length, i + 40); j++) {
    const [a, r] = boxes[i], [b, s] = boxes[j];
    if (a.contains(b) || b.contains(a) || getComputedStyle(a).display === 'inline'
        || getComputedStyle(b).display === 'inline') continue;
    const w = Math.min(r.right, s.right) - Math.max(r.left, s.left);
    const h = Math.min(r.bottom, s.bottom) - Math.max(r.top, s.top);
    if (w > 2 && h > 2) found.push([a, b].map(e => e.textContent.trim().slice(0, 40)).join(' | '));
  }
  return found;
}"""


def test_no_text_is_clipped_and_nothing_overlaps(
    page: Any, reports: Path, receipt: str, province: Path
) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for path in every_page(reports, receipt, province):
            page.goto(path.as_uri())
            assert page.evaluate(CLIPPED) == [], (path.name, width)
            assert page.evaluate(OVERLAPS) == [], (path.name, width)
            assert page.evaluate(BROKEN) == [], (path.name, width)


#: What reaches out of its cell into the next one.
SPILT = """() => [...document.querySelectorAll('main td > *, main td figcaption > *, main th > *')]
  .filter(e => e.offsetParent || e.getBoundingClientRect().width)
  .filter(e => e.getBoundingClientRect().right > e.closest('td, th').getBoundingClientRect().right + 1)
  .map(e => e.tagName + ': ' + e.textContent.trim().slice(0, 60))"""


def test_nothing_reaches_into_the_next_column(page: Any, reports: Path) -> None:
    for width in (390, 768, 1024, *range(1120, 1321, 40)):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto((reports / "index.html").as_uri())
        assert page.evaluate(SPILT) == [], width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Any, reports: Path, receipt: str, province: Path, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    # axe is put into the page by the test: that the page itself forbids.
    opened = new_page(browser, color_scheme=scheme, bypass_csp=True, viewport={"width": 1280, "height": 900})
    for path in every_page(reports, receipt, province):
        opened.goto(path.as_uri())
        found = axe.run(opened).response["violations"]
        told = [(v["id"], v["nodes"][0]["html"][:120]) for v in found]
        assert told == [], path.name
    opened.close()


def test_three_clicks_lead_from_the_first_page_to_a_cell(page: Any, reports: Path) -> None:
    page.goto((reports / "index.html").as_uri())
    page.get_by_role("link", name="Kỹ sư dữ liệu").click()
    page.locator(".nguyen-nhan a[href*='loi.html']").first.click()
    page.wait_for_selector("#than-bang tr")
    detail = page.locator(".chi-tiet")
    if detail.count() == 0:
        page.locator("#than-bang .mo").first.click()
    text = detail.first.inner_text()
    for said in ("Tệp", "Trang tính", "Ô"):
        assert said in text


def test_search_and_filters_find_what_the_table_holds(page: Any, reports: Path, planted: Day) -> None:
    faults = planted.table("faults")
    page.goto((reports / "loi.html").as_uri())
    assert shown(page) == faults.height
    page.fill("#tim", "phong kinh te")
    sync_api.expect(page.locator("#so-dong")).to_contain_text(" trong ")
    found = shown(page)
    assert 0 < found < faults.height
    page.click("#bo-het")
    assert shown(page) == faults.height
    for name in ("unit", "dataset", "severity"):
        value = faults[name].drop_nulls()[0]
        page.select_option(f"#loc-{name}", value=value)
        expected = faults.filter(faults[name] == value).height
        sync_api.expect(page.locator("#so-dong")).to_contain_text(" trong ")
        assert shown(page) == expected, name
        page.click("#bo-het")


def shown(page: Any) -> int:
    return int(re.sub(r"\D", "", re.match(r"[\d.]+", page.locator("#so-dong").inner_text())[0]))


def test_pages_work_with_the_keyboard_alone(page: Any, reports: Path) -> None:
    page.goto((reports / "index.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Đến nội dung chính"
    page.keyboard.press("Enter")
    sync_api.expect(page).to_have_url(re.compile("#chinh$"))
    page.goto((reports / "loi.html").as_uri())
    page.locator("#than-bang .mo").first.focus()
    page.keyboard.press("Enter")
    sync_api.expect(page.locator(".chi-tiet")).to_have_count(1)


def test_receipts_and_marked_workbooks_are_reached_from_the_units_page(
    page: Any, reports: Path, receipt: str
) -> None:
    page.goto((reports / "don_vi" / "kinh_te.html").as_uri())
    assert page.locator("a[href*='tra_bai/']").count() > 0
    page.locator("a[href*='phieu_nhan/']").first.click()
    sync_api.expect(page.locator("h1")).to_have_text("Phiếu nhận tệp")


def test_receipts_are_reached_from_the_list_of_files(page: Any, reports: Path) -> None:
    page.goto((reports / "tep.html").as_uri())
    page.locator("#than-bang .mo").first.click()
    assert "phieu_nhan" not in page.locator(".chi-tiet dl").inner_text()
    page.fill("#tim", "phieu_nhan")
    sync_api.expect(page.locator("#so-dong")).to_contain_text(" trong ")
    assert shown(page) == 0
    page.click("#bo-het")
    page.locator("#than-bang .mo").first.click()
    page.locator(".chi-tiet").get_by_role("link", name="Phiếu nhận").click()
    sync_api.expect(page.locator("h1")).to_have_text("Phiếu nhận tệp")


def test_the_ledger_says_what_was_wrong(page: Any, reports: Path, planted: Day) -> None:
    code = planted.table("issues").filter(pl.col("code").str.ends_with(".thieu"))["code"][0]
    page.goto(f"{(reports / 'theo_doi.html').as_uri()}#code={code}")
    assert "bắt buộc nhưng để trống" in page.locator("#than-bang tr").first.inner_text()


def test_the_print_view_is_paper(page: Any, reports: Path, receipt: str, province: Path) -> None:
    for path in every_page(reports, receipt, province):
        page.goto(path.as_uri())
        page.emulate_media(media="print", color_scheme="light")
        assert page.locator("nav").first.is_hidden() or path.name != "index.html"
        assert page.pdf(format="A4")[:4] == b"%PDF"
        page.emulate_media(media="screen")


def test_the_chairman_prints_one_page(page: Any, reports: Path) -> None:
    page.goto((reports / "index.html").as_uri())
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """The page of all faults of a release with 25,000 of them, and with twice as many."""
    made = {count: write_release(tmp_path_factory.mktemp("loi"), faults=count) for count in (25_000, 50_000)}
    return {
        count: write_site(release, DATASETS, INDICATORS, COMMUNE, AS_OF).parent / "loi.html"
        for count, release in made.items()
    }


def worked(browser: Any, path: Path) -> dict[str, float]:
    """Processor time that a new page takes to stand there, and then to search for one thing after another."""
    page = new_page(browser)
    tell = page.context.new_cdp_session(page)
    tell.send("Performance.enable", {"timeDomain": "threadTicks"})

    def so_far() -> float:
        metrics = tell.send("Performance.getMetrics")["metrics"]
        return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))

    page.goto(path.as_uri())
    page.wait_for_selector("#than-bang tr")
    stands = so_far()
    for text in ("thon", "thieu", "ngay sinh", "t10", "khong doc duoc"):
        page.fill("#tim", text)
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.locator("#than-bang tr").count() <= ON_A_PAGE
    searched = so_far() - stands
    page.close()
    return {"stands": stands, "searched": searched}


def test_twice_the_faults_cost_a_page_twice_as_much_at_most(browser: Any, tables: dict[int, Path]) -> None:
    once, twice = ([worked(browser, path) for _ in range(3)] for path in tables.values())
    for what in ("stands", "searched"):
        least, most = (min(go[what] for go in goes) for goes in (once, twice))
        assert most < 3 * least, what
