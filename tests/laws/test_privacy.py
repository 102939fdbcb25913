"""Canary people, planted in every personal column and in wrong ones: none comes out."""

from __future__ import annotations

import email
import email.policy
import os
import shutil
import stat
import subprocess
import sys
from datetime import datetime, time
from pathlib import Path

import polars as pl
import pytest

from flows.books import contacts
from flows.notify.tell import write_all
from flows.protect import Key, mask, mask_numbers, protect, read_key
from flows.root import HERE, Root
from schemas import registry
from schemas.contract import Column, Dataset
from schemas.datasets import load
from schemas.privacy import PROTECTIONS, protection
from schemas.units import ngoc_lac
from tests.arrived import receive
from tests.conftest import TODAY, lines, run_plainly
from tests.flows.settle.households import homes
from tests.laws.texts import texts

PEOPLE = {name: d for name, d in load().items() if any(c.personal for c in d.columns)}

NAMES = ("Nguyễn Thị Kim Hoàng Yến", "NGUYỄN THỊ KIM HOÀNG YẾN", "Nguyễn Thị Kim 9 Yến", "Yến")
NUMBERS = ("038185912347", "38185912347", "0381859123470", "038 185 912 347", "912345678")
PHONES = ("0987654123", "+84987654123", "0187654123", "0987.654.123")
BIRTHS = ("17/08/1985", "31/02/1985", "17.8.1985x", "31276")
HOUSEHOLDS = ("HK-0381859", "HO 987654", "H@7788991")
TAXES = ("0101248141", "0101248142", "1234567890123")
CANARIES = sorted({*NAMES[:3], *NUMBERS, *PHONES, *BIRTHS, *HOUSEHOLDS, *TAXES, "0987654123"})
# What repairs make of the above.
REPAIRED = ("038185912347", "1985-08-17", "0381859123", "+84987654123")

BY_KIND = {
    "so_dinh_danh": NUMBERS,
    "ho_ten": NAMES,
    "dien_thoai": PHONES,
    "ngay_sinh": BIRTHS,
    "ngay": BIRTHS,
    "mst": TAXES,
    "ma": HOUSEHOLDS,
}


def cell(column: Column, row: int, misplaced: str | None) -> object:
    if misplaced is not None and column.personal is None:
        return misplaced
    if column.personal and column.kind.name in BY_KIND:
        canaries = BY_KIND[column.kind.name]
        return canaries[row % len(canaries)]
    if column.of:
        return column.of[0]
    return column.example or column.kind.example


def sheet(dataset: Dataset) -> str:
    labels = [column.label for column in dataset.columns]
    people = [[cell(c, row, None) for c in dataset.columns] for row in range(5)]
    astray = [[cell(c, 0, wrong) for c in dataset.columns] for wrong in (NAMES[0], NUMBERS[0], PHONES[3])]
    return lines([labels, *people, *astray])


def canaries_in(text: str) -> list[str]:
    return [canary for canary in (*CANARIES, *REPAIRED) if canary in text]


@pytest.fixture(scope="module")
def canaried(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A root with canaries, after its day, and what the run printed."""
    root = tmp_path_factory.mktemp("canaries")
    for dataset in PEOPLE.values():
        unit = ngoc_lac().owing(dataset)[0].name
        folder = root / "raw" / "inbox" / unit
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{dataset.name} {NUMBERS[0]}.csv").write_text(sheet(dataset), encoding="utf-8")
        headless = sheet(dataset).splitlines()[1:]
        (folder / f"{dataset.name} khong tieu de.csv").write_text("\n".join(headless), encoding="utf-8")
    receive(Root(root), TODAY)
    words = ["run", "--plain", "--root", str(root), "--date", f"{TODAY}"]
    done = subprocess.run(
        [str(Path(sys.executable).with_name("dulieuxa")), *words],
        env=os.environ | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return root, done.stdout + done.stderr


def test_canaries_were_read(canaried: tuple[Path, str]) -> None:
    faults = pl.read_parquet(canaried[0] / "curated" / "latest" / "faults.parquet")
    assert set(PEOPLE) <= set(faults["dataset"].drop_nulls())


def test_no_canary_is_printed(canaried: tuple[Path, str]) -> None:
    assert canaries_in(canaried[1]) == []


def test_no_canary_is_in_any_file_of_the_release(canaried: tuple[Path, str]) -> None:
    release = canaried[0] / "curated" / "latest"
    found = {
        path.relative_to(release).as_posix(): leaked
        for path in sorted(release.rglob("*"))
        if path.is_file() and "tra_bai" not in path.parts
        for leaked in ({canary for text in texts(path) for canary in canaries_in(text)},)
        if leaked
    }
    assert found == {}


def test_no_canary_is_in_a_name_of_a_published_file(canaried: tuple[Path, str]) -> None:
    names = "\n".join(str(path) for path in (canaried[0] / "curated").rglob("*"))
    assert canaries_in(names) == []


def test_marked_workbooks_keep_what_was_typed_for_their_unit_alone(canaried: tuple[Path, str]) -> None:
    books = list((canaried[0] / "curated" / "latest" / "reports").rglob("tra_bai/*"))
    assert books
    assert any(canaries_in(text) for book in books for text in texts(book))
    assert {stat.S_IMODE(book.stat().st_mode) for book in books} == {0o400}
    assert {stat.S_IMODE(book.parent.stat().st_mode) for book in books} == {0o700}


def test_state_and_archive_are_for_the_owner_alone(canaried: tuple[Path, str]) -> None:
    root = Root(canaried[0])
    private = [root.state, root.archive, *root.state.rglob("*"), *root.archive.rglob("*")]
    assert [path for path in private if stat.S_IMODE(path.stat().st_mode) & 0o077] == []


def test_no_canary_is_in_any_letter(
    canaried: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Everybody is told everything at once; those who are told have names, too."""
    root = Root(shutil.copytree(canaried[0], tmp_path / "xa", symlinks=True))
    people = [f"{one.name},{NAMES[0]},{one.name}@example.org,nguoi_nop," for one in ngoc_lac().units]
    people += [f"{one.name},{NAMES[0]},truong@example.org,truong," for one in ngoc_lac().units]
    people += [f",{NAMES[0]},{role}@example.org,{role}," for role in ("ky_su", "chu_tich")]
    (root.path / "lien_he.csv").write_text("\n".join([",".join(contacts.COLUMNS), *people]), encoding="utf-8")
    now = datetime.combine(TODAY, time(9), HERE)
    letters = write_all(root, registry.load(), now, tmp_path / "thu")
    assert len(letters) > len(PEOPLE)
    mails = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in (tmp_path / "thu").iterdir()
    ]
    told = "\n".join(f"{mail['Subject']}\n{mail.get_content()}" for mail in mails)
    assert "phải sửa" in told
    assert canaries_in(told + capsys.readouterr().out) == []
    assert "example.org" not in told


def test_what_somebody_wrote_beside_or_between_records_is_in_no_file_of_the_release(tmp_path: Path) -> None:
    """In words by which nobody is known to be a person."""
    form = homes(range(1, 5))
    form[1].append("Ghi chú")
    form[2].append("Trùng với cô Quàng Mẫu ở dưới")
    form[4:4] = [["II", "Nhà cô Quàng Mẫu đã chuyển đi"]]
    wide = [[*row, *[None] * (len(form[2]) - len(row))] for row in form]
    wide.append(["Nhà cô Quàng Mẫu ở dưới này: danh sách có 90 hộ", *[None] * (len(form[2]) - 1)])
    (tmp_path / "raw" / "inbox" / "T01").mkdir(parents=True)
    (tmp_path / "raw" / "inbox" / "T01" / "a.csv").write_text(lines(wide), encoding="utf-8")
    outcome = run_plainly(tmp_path)
    told = {*outcome.faults.filter(unit="T01")["code"]}
    assert {"tep.ghi_chu", "tep.ngoai_bao_cao", "tep.so_dong_khac"} <= told
    files = [path for path in outcome.release.rglob("*") if path.is_file()]
    assert [path for path in files if "Quàng" in path.read_bytes().decode(errors="replace")] == []


def test_the_key_is_in_no_published_file(canaried: tuple[Path, str]) -> None:
    root = Root(canaried[0])
    secret = read_key(root).secret.hex()
    published = [path for path in (root.path / "curated").rglob("*") if path.is_file()]
    assert [path for path in published if secret.encode() in path.read_bytes()] == []
    assert secret not in repr(read_key(root))


CLASSED = [(d.name, c) for d in load().values() for c in d.columns]


@pytest.mark.parametrize(("dataset", "column"), CLASSED, ids=[f"{d}.{c.name}" for d, c in CLASSED])
def test_every_column_is_classed(dataset: str, column: Column) -> None:
    """Kinds that hold people's data are told of in the contract, with how it is kept from view."""
    assert protection(column) in PROTECTIONS
    if column.kind.name in ("so_dinh_danh", "ho_ten", "dien_thoai", "ngay_sinh"):
        assert column.personal is not None
        assert protection(column) != "nguyen"


@pytest.mark.parametrize(
    ("typed", "personal", "shown"),
    [
        ("038085012345", True, "038*******45"),
        ("038085012345", False, "038*******45"),
        ("0912 345 678", False, "091*******78"),
        ("0912.345.678", False, "091*******78"),
        ("số 038085012345 nhé", False, "s***"),
        ("Nguyễn Văn A", True, "N***"),
        ("Nguyễn Văn An", False, "N***"),
        ("LÊ THỊ HOA", False, "L***"),
        ("Đứt cáp", False, "Đứt cáp"),
        ("12.500.000", False, "12.500.000"),
        ("17/08/1985", True, "1***"),
        (None, True, None),
    ],
)
def test_masks(typed: str | None, personal: bool, shown: str | None) -> None:
    frame = pl.DataFrame({"value": [typed]}, schema={"value": pl.String})
    yes = pl.lit(value=True)
    said = frame.select(mask(pl.col("value"), personal=pl.lit(personal), of_people=yes)).item()
    assert said == shown


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("dan cu 038185912347.xlsx", "dan cu ***.xlsx"),
        ("038 185 912 347", "***"),
        ("SDT 0987.654.123 và +84 987 654 124", "SDT *** và ***"),
        ("0987654123 0987654124", "*** ***"),
        ("may_0987_654_123.csv", "may_***.csv"),
        ("bao cao 20261120153000", "bao cao 20261120153000"),
        ("01.11.2026 30.11.2026", "01.11.2026 30.11.2026"),
        ("Tháng 11-2026 (15)", "Tháng 11-2026 (15)"),
        (None, None),
    ],
)
def test_numbers_in_names_of_files_and_sheets(typed: str | None, shown: str | None) -> None:
    frame = pl.DataFrame({"sheet": [typed]}, schema={"sheet": pl.String})
    assert frame.select(mask_numbers(pl.col("sheet"))).item() == shown


@pytest.mark.parametrize(
    ("dataset", "column", "told"),
    [
        ("phan_anh_ha_tang", "noi_dung", "Ông *** (***) báo mất sóng từ 20.11.2026"),
        ("doanh_nghiep", "ten", "Ông Nguyễn Văn An (***) báo mất sóng từ 20.11.2026"),
    ],
)
def test_people_in_free_text_are_masked_and_numbers_anywhere(dataset: str, column: str, told: str) -> None:
    typed = "Ông Nguyễn Văn An (0987 654 123) báo mất sóng từ 20.11.2026"
    columns = load()[dataset].columns
    frame = pl.DataFrame({c.name: [typed if c.name == column else None] for c in columns}).cast(
        {c.name: c.kind.dtype for c in columns}
    )
    assert protect(frame, load()[dataset], Key(b"k"))[column].item() == told
