"""Lines of a text file with more or fewer cells than the others are told; those with more are held."""

from __future__ import annotations

import pytest

from flows.read import read_file
from flows.read.tables.uneven import _MAX_PROBLEMS
from schemas.datasets import load

DATASETS = load()
HEADING = "STT,Ngày phản ánh,Nhà mạng,Nội dung,Trạng thái,Ngày giải quyết"
GOOD = "1,20/10/2026,Viettel,Mất sóng,Mới,"
MORE = "2,21/10/2026,Viettel,Mất sóng, yếu,Mới,"
FEWER = "2,20/10/2026,Viettel"


def told(*lines: str) -> list[tuple[int | None, str]]:
    found = read_file("\n".join(lines).encode() + b"\n", "a.csv", DATASETS)
    held = lines.count(MORE)
    records = sum(line[:1].isdigit() for line in "\n".join(lines).splitlines())
    assert found.tables[0].cells.height == records - held
    assert (found.rows["role"] == "ngoai_bang").sum() == held
    problems = [one for one in found.problems if one.code == "tep.dong_lech"]
    assert any(one.severity == "chan" for one in problems) == bool(held)
    return [(one.row, one.message) for one in problems]


@pytest.mark.parametrize("before", [(), ("PHẢN ÁNH HẠ TẦNG", "Tháng 10 năm 2026")], ids=["bare", "titled"])
def test_tells_longer_and_shorter_lines(before: tuple[str, ...]) -> None:
    found = told(*before, HEADING, GOOD, MORE, GOOD, FEWER)
    at = len(before)
    assert [line for line, _ in found] == [at + 3, at + 5]
    assert f"Dòng {at + 3} có 7 ô, các dòng khác có 6 ô" in found[0][1]
    assert f"Dòng {at + 5} có 3 ô, các dòng khác có 6 ô" in found[1][1]


@pytest.mark.parametrize(
    "lines",
    [
        (HEADING, GOOD, GOOD),
        (HEADING, GOOD + ",", GOOD + ","),
        (HEADING, GOOD, '2,21/10/2026,Viettel,"Mất sóng, yếu",Mới,'),
        (HEADING, GOOD, '2,21/10/2026,Viettel,"Mất sóng,\nyếu",Mới,'),
        ("PHẢN ÁNH HẠ TẦNG", HEADING, GOOD, "", "Người lập biểu"),
    ],
    ids=["even", "one more everywhere", "quoted", "quoted over two lines", "form"],
)
def test_says_nothing_of_even_lines(lines: tuple[str, ...]) -> None:
    assert told(*lines) == []


PLACES = "STT,Thôn,Rác phát sinh (tấn),Rác thu gom (tấn),Số mô hình kinh tế tuần hoàn,Điện mặt trời (kWp)"
HOUSES = (
    "Mã hộ,Họ và tên chủ hộ,Số nhân khẩu,Có kỹ năng DVCTT,Có kỹ năng TTKDTM,Internet,"
    "Phân loại rác tại nguồn,Dùng năng lượng sạch"
)


@pytest.mark.parametrize(
    ("lines", "odd"),
    [
        ((HEADING, GOOD + ",,", GOOD, GOOD), []),
        ((HEADING, GOOD + ",", GOOD, GOOD), []),
        ((HEADING, GOOD + "xong,,", GOOD, GOOD), []),
        ((HEADING, GOOD[:-1], GOOD, GOOD), []),
        ((HEADING, GOOD[:-1], "(Ký tên)", ""), []),
        ((HEADING, MORE, GOOD, GOOD), [2]),
        ((HEADING, GOOD + ",x", GOOD, GOOD), [2]),
        ((HEADING, GOOD.replace("Mới,", "Mới"), "21/10/2026", GOOD, GOOD), [2]),
        ((HEADING, "1,20/10/2026,Viettel,Mất sóng", GOOD, GOOD), [2]),
        ((PLACES, "1,Phố 1,10,5,3,2,,,", "2,Phố 2,10,5,3,2"), []),
        ((PLACES, "1,Phố 1,10,5,3,2,", "2,Phố 2,10,5,3,2"), [2]),
        ((PLACES, "1,Phố 1,10,5", "2,Phố 2,10,5,3,2"), [2]),
        ((HOUSES, "H00001,Bùi Văn Mẫu,3,x,,Cáp quang,", "H00002,Hà Văn Mẫu,3,x,,Cáp quang,x,"), [2]),
    ],
)
def test_blank_cells_at_the_end_say_nothing_unless_a_value_may_have_moved(
    lines: tuple[str, ...], odd: list[int]
) -> None:
    found = read_file("\n".join(lines).encode() + b"\n", "a.csv", DATASETS)
    assert [one.row for one in found.problems if one.code == "tep.dong_lech"] == odd


def test_finds_the_line_below_a_cell_of_two_lines() -> None:
    assert [line for line, _ in told(HEADING, '1,20/10/2026,Viettel,"Mất\nsóng",Mới,', MORE)] == [4]


def test_the_rest_of_very_many_is_one_sentence() -> None:
    found = told(HEADING, *[GOOD] * 9, *[MORE] * (_MAX_PROBLEMS + 5))
    assert len(found) == _MAX_PROBLEMS + 1
    assert found[-1] == (
        11 + _MAX_PROBLEMS,
        f"Từ dòng {11 + _MAX_PROBLEMS} còn 5 dòng nữa có số ô khác các dòng khác.",
    )


def test_a_last_line_that_the_end_of_the_file_cuts_is_held() -> None:
    for end, role in (("", "ngoai_bang"), ("\n", "ban_ghi")):
        found = read_file("\n".join([HEADING, GOOD, FEWER]).encode() + end.encode(), "a.csv", DATASETS)
        assert found.rows["role"][-1] == role
        assert [one.row for one in found.problems] == [3]
