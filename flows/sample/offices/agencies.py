"""Generates Văn phòng's records on information systems and heads of agencies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flows.sample.people.names import FAMILIES, make_full_name
from flows.sample.people.person import Row
from flows.sample.submission import SampleSubmission, plan_submissions
from flows.sample.world import World

_UNIT = "van_phong"


def make(world: World) -> Iterable[SampleSubmission]:
    """Submissions of `he_thong_thong_tin` and `nguoi_dung_dau`."""
    yield from plan_submissions(world, "he_thong_thong_tin", _UNIT, *_systems(world))
    yield from plan_submissions(world, "nguoi_dung_dau", _UNIT, *_heads(world))


# name, keeper, level, decided, carried out in full, on the government network
_SYSTEMS = (
    ("Cổng thông tin điện tử xã", "Văn phòng HĐND và UBND", "2", True, True, True),
    ("Hệ thống quản lý văn bản và điều hành", "Văn phòng HĐND và UBND", "2", True, True, True),
    (
        "Hệ thống thông tin giải quyết thủ tục hành chính",
        "Trung tâm Phục vụ hành chính công",
        "3",
        True,
        True,
        True,
    ),
    ("Hội nghị truyền hình trực tuyến", "Văn phòng HĐND và UBND", "2", True, True, True),
    ("Hệ thống truyền thanh thông minh", "Phòng Văn hóa - Xã hội", "1", True, False, False),
    ("Camera giám sát an ninh", "Công an xã", "2", True, False, True),
    ("Phần mềm kế toán hành chính sự nghiệp", "Phòng Kinh tế", "1", True, True, True),
    ("Phần mềm quản lý hộ tịch", "Văn phòng HĐND và UBND", "2", True, True, True),
    ("Kho dữ liệu dùng chung của xã", "Văn phòng HĐND và UBND", None, False, False, True),
)


def _systems(world: World) -> tuple[list[Row], list[Row]]:
    """Systems of both quarters: in the earlier one, one is missing and two are not on the network."""
    latest = [_system(number, *facts) for number, facts in enumerate(_SYSTEMS, start=1)]
    earlier = [
        {**row, "ket_noi_tslcd": row["ket_noi_tslcd"] and at > 1} for at, row in enumerate(latest[:-1])
    ]
    return earlier, latest


def _system(
    number: int, name: str, keeper: str, level: str | None, decided: bool, full: bool, connected: bool
) -> Row:
    return {
        "ma_he_thong": f"HT{number:03}",
        "ten_he_thong": name,
        "don_vi_quan_ly": keeper,
        "cap_do": level,
        "so_quyet_dinh": f"{110 + 7 * number}/QĐ-UBND" if decided else None,
        "ngay_phe_duyet": date(2025, 8 + number % 4, 5 + 2 * number) if decided else None,
        "trien_khai_du": full,
        "ket_noi_tslcd": connected,
    }


_AGENCIES = (
    ("Văn phòng HĐND và UBND", "Chánh Văn phòng"),
    ("Phòng Văn hóa - Xã hội", "Trưởng phòng"),
    ("Phòng Kinh tế", "Trưởng phòng"),
    ("Công an xã", "Trưởng Công an xã"),
    ("Ban Chỉ huy Quân sự xã", "Chỉ huy trưởng"),
    ("Trung tâm Phục vụ hành chính công", "Phó Giám đốc"),
    ("Ủy ban Mặt trận Tổ quốc xã", "Chủ tịch"),
    ("Hội Nông dân xã", "Chủ tịch"),
    ("Hội Liên hiệp Phụ nữ xã", "Chủ tịch"),
    ("Đoàn Thanh niên xã", "Bí thư"),
    ("Hội Cựu chiến binh xã", "Chủ tịch"),
    ("Trạm Y tế xã", "Trạm trưởng"),
    ("Trường THCS Thúy Sơn", "Hiệu trưởng"),
    ("Trường THCS Mỹ Tân", "Hiệu trưởng"),
    ("Trường THCS thị trấn Ngọc Lặc", "Hiệu trưởng"),
    ("Trường Tiểu học Thúy Sơn", "Hiệu trưởng"),
    ("Trường Tiểu học Mỹ Tân", "Hiệu trưởng"),
    ("Trường Tiểu học Ngọc Khê", "Hiệu trưởng"),
    ("Trường Mầm non Hoa Hồng", "Hiệu trưởng"),
    ("Trường Mầm non Mỹ Tân", "Hiệu trưởng"),
)


def _heads(world: World) -> tuple[list[Row], list[Row]]:
    rng = world.rng("heads")
    earlier, later = [], []
    for agency, post in _AGENCIES:
        sex = rng.choice(("Nam", "Nữ"))
        name = make_full_name(rng, sex, rng.choice(FAMILIES["Kinh"]))
        given = rng.randint(4, 14)
        row = {"co_quan": agency, "ho_ten": name, "chuc_vu": post, "nhiem_vu_giao": given}
        done = given - rng.randrange(3)
        exemplary = rng.random() < 0.88
        earlier.append({**row, "nhiem_vu_xong": done, "guong_mau": exemplary})
        more = given + rng.randint(1, 3)
        better = exemplary or rng.random() < 0.6
        later.append(
            {**row, "nhiem_vu_giao": more, "nhiem_vu_xong": more - rng.randrange(2), "guong_mau": better}
        )
    return earlier, later
