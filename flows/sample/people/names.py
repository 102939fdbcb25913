"""Generates names of people by sex and ethnic group, with family names common around Ngọc Lặc."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence


def _split(names: Mapping[str, str]) -> Mapping[str, Sequence[str]]:
    return {whose: names_text.split() for whose, names_text in names.items()}


#: A family name listed twice is twice as frequent.
FAMILIES = _split(
    {
        "Mường": "Phạm Phạm Phạm Bùi Bùi Quách Quách Trương Trương Hà Lê Nguyễn Cao Đinh",
        "Kinh": "Lê Lê Nguyễn Nguyễn Trần Phạm Hoàng Trịnh Đỗ Vũ Mai Ngô Lưu Tống Đặng",
        "Dao": "Triệu Triệu Bàn Bàn Phùng Đặng Dương Lý",
        "Thái": "Hà Lò Vi Lương Ngân Phạm Cầm Lộc",
    }
)
_MIDDLE = _split(
    {
        "Nam": "Văn Văn Văn Đình Xuân Ngọc Minh Hữu Đức Quang Công Duy Thành Tiến Trọng Bá Mạnh Anh Hoàng",
        "Nữ": "Thị Thị Thị Thị Ngọc Thanh Thu Minh Phương Khánh Hồng Bích Kim Diệu Mai Lan Thùy Quỳnh",
    }
)
_GIVEN = _split(
    {
        "Nam": "Hùng Dũng Cường Tuấn Sơn Hải Long Nam Thắng Toàn Trung Kiên Hiếu Huy Khánh Lâm Lộc Lợi Mạnh "
        "Minh Nghĩa Nhất Phong Phúc Phương Quân Quang Quý Sáng Sinh Tài Tâm Tân Thái Thành Thịnh Thọ Thông "
        "Thuận Tiến Tình Toản Trường Tùng Tuyên Việt Vinh Vượng Xuân Yên An Bách Bảo Bình Chiến Chính Chung "
        "Công Đại Đạt Điệp Định Đông Đức Dương Giang Hà Hào Hậu Hiệp Hòa Hoan Hoàng Hưng Khoa Khôi Lực Luân",
        "Nữ": "Hoa Huệ Hương Hồng Hạnh Hiền Hằng Hà Hải Hòa Huyền Lan Liên Loan Linh Lý Mai Minh My Nga Ngân "
        "Ngọc Nguyệt Nhung Oanh Phương Phượng Quyên Quỳnh Tâm Thảo Thắm Thanh Thơm Thu Thúy Thủy Thương Tình "
        "Trang Trinh Tuyết Tươi Uyên Vân Vui Xuân Yến An Anh Ánh Bình Chi Chinh Cúc Diệp Dung Duyên Đào "
        "Giang Hiên Hoài Hợi Kiều Lành Len Lệ Lương Luyến Mơ Mùi Na Nhàn Nhài Nụ Sen Sim Thêu Thoa Tho Tý",
    }
)


def make_full_name(rng: random.Random, sex: str, family: str) -> str:
    """Family name, one or two middle names, given name."""
    middle = rng.choice(_MIDDLE[sex])
    if rng.random() < 0.15:
        second = rng.choice(_MIDDLE[sex])
        middle = middle if second == middle else f"{middle} {second}"
    return f"{family} {middle} {rng.choice(_GIVEN[sex])}"
