"""Hồ sơ công việc xử lý trên môi trường mạng (kế hoạch, mục II.4), trừ hồ sơ mật."""

from polars import col

from schemas.datasets.ho_so_cong_viec import DATASET
from schemas.indicator import Indicator, Target

INDICATORS = (
    Indicator(
        name="ho_so_cong_viec_tren_mang",
        title="Tỷ lệ hồ sơ công việc xử lý trên môi trường mạng",
        from_="II.4",
        owner="van_phong",
        by=("xa", "don_vi"),
        over=DATASET,
        don_vi="don_vi_xu_ly",
        tu_so=col("tren_mang") & ~col("mat"),
        mau_so=~col("mat"),
        targets={2026: Target(0.80)},
    ),
)
