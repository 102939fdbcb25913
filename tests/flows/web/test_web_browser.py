"""A clerk mends a form with eight faults in one sitting: by mouse, by keys, without scripts."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest

from tests.browsers import IN_A_BROWSER, open_browser, sync_api
from tests.conftest import Day
from tests.flows.web.clerk import DATASET, fill_in
from tests.flows.web.visitor import PASSWORD, Served, copy_root, serve
from tests.waiting import WITHIN_SECONDS

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe here")
pytestmark = IN_A_BROWSER

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with open_browser() as started:
        yield started


@pytest.fixture(scope="module")
def served(planted: Day, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = copy_root(planted.root.path, tmp_path_factory.mktemp("web") / "xa")
    with serve(root) as one:
        yield one


def open_page(browser: Any, served: Served, width: int, **looks: Any) -> tuple[Any, list[str]]:
    """A page of a clerk who logged in, and what goes wrong on it or is asked of elsewhere."""
    context = browser.new_context(viewport={"width": width, "height": 900}, **looks)
    page = context.new_page()
    page.set_default_timeout(WITHIN_SECONDS * 1_000)
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "request",
        lambda asked: None if asked.url.startswith((served.address, "data:")) else wrong.append(asked.url),
    )
    page.goto(f"{served.address}/vao")
    look_at(page, width, scripts=looks.get("java_script_enabled", True))
    page.fill("[name=ten]", "binh")
    page.fill("[name=mat_khau]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/don-vi")
    return page, wrong


def look_at(page: Any, width: int, *, scripts: bool = True) -> None:
    """Nothing scrolls sideways, there is one heading, and axe finds nothing."""
    assert page.locator("h1").count() == 1
    if scripts:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = axe.Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == []


def fetch_form(page: Any) -> tuple[bytes, Any]:
    """The prefilled form, taken from the page and filled in with eight mistakes."""
    with page.expect_download() as kept:
        page.locator(f"a[href='/bieu-mau/{DATASET}']").first.click()
    return fill_in(kept.value.path().read_bytes())


def bring(page: Any, data: bytes, name: str) -> None:
    page.set_input_files("input[type=file]", {"name": name, "mimeType": EXCEL, "buffer": data})


def see_done(page: Any, served: Served, name: str) -> None:
    """Nothing is left to mend; hand in, and see both files in the inbox."""
    sync_api.expect(page.locator(".ket-luan")).to_contain_text("Không còn lỗi nào")
    page.get_by_role("button", name="Nộp", exact=True).click()
    page.wait_for_url("**/bien-nhan/*")
    assert "0 lỗi chặn, 0 cảnh báo" in page.inner_text("main")
    folder = served.root.inbox / "T02"
    book = openpyxl.load_workbook(io.BytesIO((folder / f"{name} (sửa trên trang).xlsx").read_bytes()))
    assert (folder / f"{name}.xlsx").exists()
    assert "ĐÃ SỬA TRÊN TRANG" in book.sheetnames


@pytest.mark.parametrize("width", [390, 1920])
def test_a_clerk_mends_eight_faults_in_one_sitting(browser: Any, served: Served, width: int) -> None:
    page, wrong = open_page(browser, served, width)
    look_at(page, width)
    data, meant = fetch_form(page)
    bring(page, data, f"ho {width}.xlsx")
    page.get_by_role("button", name="Kiểm tệp").click()
    page.wait_for_url("**/nop/*")
    sync_api.expect(page.locator(".ket-luan")).to_contain_text("8 lỗi chặn")
    sync_api.expect(page.locator("td.o-chan")).to_have_count(8)
    look_at(page, width)
    # Two of them have a proposal: both at once, then one cell is typed and judged, then all others.
    page.get_by_role("button", name="Nhận cả").click()
    left = [cell for cell in meant if page.get_by_label(f"Ô {cell} ghi là").count()]
    sync_api.expect(page.locator(".ket-luan")).to_contain_text("6 lỗi chặn")
    left = [cell for cell in meant if page.get_by_label(f"Ô {cell} ghi là").count()]
    page.get_by_label(f"Ô {left[0]} ghi là").fill(meant[left[0]])
    page.get_by_role("button", name="Ghi các ô đã gõ và kiểm lại").click()
    sync_api.expect(page.locator(".ket-luan")).to_contain_text("5 lỗi chặn")
    for cell in left[1:]:
        page.get_by_label(f"Ô {cell} ghi là").fill(meant[cell])
    page.get_by_role("button", name="Ghi các ô đã gõ và kiểm lại").click()
    see_done(page, served, f"ho {width}")
    look_at(page, width)
    page.context.close()
    assert wrong == []


def test_keys_alone_do_it(browser: Any, served: Served) -> None:
    page, wrong = open_page(browser, served, 1280)
    data, meant = fetch_form(page)
    bring(page, data, "ho phim.xlsx")
    page.focus("input[type=file]")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/nop/*")
    sync_api.expect(page.locator(".ket-luan")).to_contain_text("8 lỗi chặn")
    page.wait_for_selector("[data-cho]", state="detached")
    page.focus(".bo-qua")
    typed: set[str] = set()
    for _ in range(120):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "(document.activeElement.labels && document.activeElement.labels[0] || {}).innerText || ''"
        )
        cell = name.strip().removeprefix("Ô ").split(" ")[0]
        if cell in meant and cell not in typed:
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            page.keyboard.press("Control+A")
            page.keyboard.type(meant[cell])
            typed.add(cell)
        if len(typed) == len(meant):
            break
    assert typed == {*meant}
    page.keyboard.press("Enter")
    see_done(page, served, "ho phim")
    assert wrong == []
    page.context.close()


def test_it_works_without_scripts(browser: Any, served: Served) -> None:
    page, wrong = open_page(browser, served, 1280, java_script_enabled=False)
    data, meant = fetch_form(page)
    bring(page, data, "ho khong ma.xlsx")
    page.get_by_role("button", name="Kiểm tệp").click()
    page.wait_for_url("**/nop/*")
    sync_api.expect(page.locator(".ket-luan")).to_contain_text("8 lỗi chặn")
    page.get_by_role("button", name="Ghi “Cáp quang”").first.click()
    sync_api.expect(page.locator(".ket-luan")).to_contain_text("7 lỗi chặn")
    for cell, text in meant.items():
        field = page.get_by_label(f"Ô {cell} ghi là")
        if field.count():
            field.fill(text)
    page.get_by_role("button", name="Ghi các ô đã gõ và kiểm lại").click()
    sync_api.expect(page.locator(".ket-luan")).to_contain_text("Không còn lỗi nào")
    see_done(page, served, "ho khong ma")
    assert wrong == []
    page.context.close()


def test_other_roles_pages_are_clean(browser: Any, served: Served) -> None:
    for name, path in (("ky", "/ky-su"), ("phan", "/phan-tich"), ("chu", "/bao-cao/index.html")):
        context = browser.new_context(viewport={"width": 390, "height": 900})
        page = context.new_page()
        page.set_default_timeout(WITHIN_SECONDS * 1_000)
        page.goto(f"{served.address}/vao")
        page.fill("[name=ten]", name)
        page.fill("[name=mat_khau]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{path}")
        look_at(page, 390)
        context.close()
