"""Declares an invented person of the register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """A row of the register; `born_known` is the precision of the known birth date: day, month or year."""

    so_dinh_danh: str
    ho_ten: str
    born: date
    born_known: Literal["ngay", "thang", "nam"]
    gioi_tinh: str
    dan_toc: str
    ma_ho: str
    quan_he: str
    thon: str
    cu_tru: str
    tinh_trang: str
    ngay_mat: date | None
    dien_thoai: str | None
    ngay_cap_nhat: date

    @property
    def living(self) -> bool:
        """Whether the person is alive and still belongs to the commune."""
        return self.tinh_trang == "Đang sống"

    @property
    def head(self) -> bool:
        """Whether the person heads the household."""
        return self.quan_he == "Chủ hộ"

    def age(self, day: date) -> int:
        """Age in full years on `day`."""
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))

    def row(self) -> Row:
        """The person as a record of `dan_cu`."""
        known: date | str | int = self.born
        if self.born_known == "thang":
            known = f"{self.born.month:02}/{self.born.year}"
        if self.born_known == "nam":
            known = self.born.year
        return {
            "so_dinh_danh": self.so_dinh_danh,
            "ho_ten": self.ho_ten,
            "ngay_sinh": known,
            "gioi_tinh": self.gioi_tinh,
            "dan_toc": self.dan_toc,
            "ma_ho": self.ma_ho,
            "quan_he": self.quan_he,
            "thon": self.thon,
            "cu_tru": self.cu_tru,
            "tinh_trang": self.tinh_trang,
            "ngay_mat": self.ngay_mat,
            "dien_thoai": self.dien_thoai,
            "ngay_cap_nhat": self.ngay_cap_nhat,
        }
