"""What a commune declares of itself: taken as Excel saves it, refused with file and line."""

from __future__ import annotations

import pytest

from schemas.declared import DeclarationError
from schemas.registry import load
from schemas.units import COLUMNS, THON_COLUMNS

XA = f"{','.join(COLUMNS)}\n90001,Xã Mẫu,Tỉnh Mẫu,2026-09-15\n"
THON = f"{','.join(THON_COLUMNS)}\nT01,Thôn Một,Xã Cũ\nT02,Thôn Hai,Xã Cũ\n"


def test_a_commune_is_what_its_files_say() -> None:
    commune = load().of_commune(XA.encode(), THON.encode()).commune
    assert (commune.code, commune.name, commune.province) == ("90001", "Xã Mẫu", "Tỉnh Mẫu")
    assert [(place.code, place.name, place.old_commune) for place in commune.thon] == [
        ("T01", "Thôn Một", "Xã Cũ"),
        ("T02", "Thôn Hai", "Xã Cũ"),
    ]
    assert commune.unit("T02") in commune.units


def test_files_that_excel_saved_say_the_same() -> None:
    def saved(text: str) -> bytes:
        return text.replace(",", ";").replace("\n", "\r\n").encode("utf-8-sig") + b";;;\r\n"

    one, other = (
        load().of_commune(*files) for files in ((XA.encode(), THON.encode()), (saved(XA), saved(THON)))
    )
    assert one.commune == other.commune


def test_a_thon_need_not_have_been_of_another_commune() -> None:
    commune = load().of_commune(XA.encode(), THON.replace("Xã Cũ", "").encode()).commune
    assert [place.old_commune for place in commune.thon] == ["", ""]


@pytest.mark.parametrize(
    ("xa", "thon", "why"),
    [
        ("", THON, "schemas/xa.csv: chưa có tệp này"),
        (XA, "", "schemas/thon.csv: chưa có tệp này"),
        ("ma_xa\n90001\n", THON, "schemas/xa.csv, dòng 1: thiếu cột ten_xa, ten_tinh, tu_ngay"),
        (XA.splitlines()[0], THON, "schemas/xa.csv: phải có đúng một dòng dữ liệu, đang có 0"),
        (f"{XA}90002,Xã Hai,Tỉnh Mẫu,2026-09-15\n", THON, "schemas/xa.csv: .* đang có 2"),
        (XA.replace("Xã Mẫu", ""), THON, "schemas/xa.csv, dòng 2: để trống ten_xa"),
        (XA.replace("2026-09-15", "15/9/2026"), THON, "schemas/xa.csv, dòng 2: tu_ngay phải là ngày"),
        (XA, "ma_thon;ten_thon\nT01;Một\n", "schemas/thon.csv, dòng 1: thiếu cột xa_cu"),
        (XA, THON.splitlines()[0], "schemas/thon.csv: chưa có thôn nào"),
        (XA, THON.replace("Thôn Hai", " "), "schemas/thon.csv, dòng 3: để trống ten_thon"),
        (XA, THON.replace("T02", "T01"), "dòng 3: ma_thon “T01” đã có ở schemas/thon.csv, dòng 2"),
        (XA, THON.replace("T02", "../x"), "dòng 3: ma_thon “../x” không dùng làm tên thư mục được"),
        (XA, THON.replace("T02", "kinh_te"), "dòng 3: ma_thon “kinh_te” không dùng làm tên thư mục được"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_line(xa: str, thon: str, why: str) -> None:
    with pytest.raises(DeclarationError, match=why):
        load().of_commune(xa.encode(), thon.encode())


def test_a_file_in_another_encoding_is_refused() -> None:
    with pytest.raises(DeclarationError, match=r"^schemas/thon.csv không phải tệp CSV UTF-8\.$"):
        load().of_commune(XA.encode(), THON.encode("utf-16"))
