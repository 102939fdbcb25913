"""The list of contacts is read as Excel saves it; a line that is wrong is named and repeats nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from flows.books.contacts import read_contacts
from schemas.declared import DeclarationError
from tests.flows.notify.made import CONTRACTS

COMMUNE = CONTRACTS.commune
DAY = date(2026, 11, 24)


def read(folder: Path, content: str, encoding: str = "utf-8"):
    (folder / "lien_he.csv").write_bytes(content.encode(encoding))
    return read_contacts(folder / "lien_he.csv", COMMUNE)


def test_no_file_is_nobody(tmp_path: Path) -> None:
    assert read_contacts(tmp_path / "lien_he.csv", COMMUNE).lines == ()


@pytest.mark.parametrize(
    "content",
    [
        "don_vi,ten,dia_chi,vai_tro,tu_ngay\nT01,Lò Thị Mận,a@example.org,nguoi_nop,2026-11-01\n",
        "don_vi;ten;dia_chi;vai_tro;tu_ngay\r\nT01;Lò Thị Mận;a@example.org;Người nộp;01/11/2026\r\n;;;;\r\n",
        "tu_ngay\tvai_tro\tdia_chi\tten\tdon_vi\n1/11/2026\tNGƯỜI NỘP\ta@example.org\t\tT01\n",
    ],
    ids=["commas", "as Excel saves it", "tabs, other order"],
)
def test_the_file_is_read_as_excel_saves_it(content: str, tmp_path: Path) -> None:
    contacts = read(tmp_path, content, "utf-8-sig")
    assert contacts.faults == []
    assert [(one.unit, one.address, one.role, one.since) for one in contacts.lines] == [
        ("T01", "a@example.org", "nguoi_nop", date(2026, 11, 1))
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("T01,Lò Thị Mận,lothiman.example.org,nguoi_nop,", "dia_chi"),
        ("T01,Lò Thị Mận,lothiman@example.org;b@example.org,nguoi_nop,", "dia_chi"),
        ("T01,Lò Thị Mận,,nguoi_nop,", "dia_chi"),
        ("T01,Lò Thị Mận,lothiman@example.org,nguoi nop,", "vai_tro"),
        ("T99,Lò Thị Mận,lothiman@example.org,nguoi_nop,", "don_vi"),
        (",Lò Thị Mận,lothiman@example.org,truong,", "don_vi"),
        ("T01,Lò Thị Mận,lothiman@example.org,chu_tich,", "don_vi"),
        ("T01,Lò Thị Mận,lothiman@example.org,nguoi_nop,31/02/2026", "tu_ngay"),
        ("T02,Lò Thị Mận,A@example.org,nguoi_nop,", "dòng 2"),
    ],
)
def test_a_wrong_line_is_named_repeats_nothing_and_stops_no_other(
    line: str, said: str, tmp_path: Path
) -> None:
    contacts = read(tmp_path, f"don_vi,ten,dia_chi,vai_tro,tu_ngay\nT02,,a@example.org,nguoi_nop,\n{line}\n")
    assert [one.line for one in contacts.lines] == ["lien_he.csv, dòng 2"]
    assert len(contacts.faults) == 1
    assert contacts.faults[0].startswith("lien_he.csv, dòng 3: ")
    assert said in contacts.faults[0]
    assert "Mận" not in contacts.faults[0]
    assert "lothiman" not in contacts.faults[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("don_vi,ten\nT01,x\n", "dòng 1"),
        ("", "trống"),
        ("don_vi;ten\n\xe3".encode("latin-1").decode("latin-1"), "dòng 1"),
    ],
)
def test_a_file_that_is_no_list_is_refused(content: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=said):
        read(tmp_path, content)


def test_who_comes_after_replaces_who_was_there_and_shares_with_who_comes_on_the_same_day(
    tmp_path: Path,
) -> None:
    rows = ["T01,,cu@example.org,nguoi_nop,", "T01,,moi@example.org,nguoi_nop,2026-11-24"]
    rows += ["T01,,hai@example.org,nguoi_nop,2026-11-24", "T01,,sau@example.org,nguoi_nop,2026-12-01"]
    rows += ["T01,,truong@example.org,truong,", "T02,,cu@example.org,nguoi_nop,"]
    contacts = read(tmp_path, "\n".join(["don_vi,ten,dia_chi,vai_tro,tu_ngay", *rows]))

    def of(day: date) -> list[str]:
        return [one.address.partition("@")[0] for one in contacts.on(day) if one.unit == "T01"]

    assert of(date(2026, 11, 23)) == ["cu", "truong"]
    assert of(DAY) == ["moi", "hai", "truong"]
    assert of(date(2026, 12, 1)) == ["sau", "truong"]


def test_a_contact_shows_no_name_and_no_address(tmp_path: Path) -> None:
    shown = repr(
        read(tmp_path, "don_vi,ten,dia_chi,vai_tro,tu_ngay\nT01,Lò Mận,man@example.org,nguoi_nop,\n")
    )
    assert "Mận" not in shown
    assert "man@" not in shown
