"""Người đứng đầu gương mẫu, tiên phong (kế hoạch, mục II.1)."""

from polars import col

from schemas.datasets.nguoi_dung_dau import DATASET
from schemas.indicator import ALL, Indicator, Target

INDICATORS = (
    Indicator(
        name="nguoi_dung_dau_guong_mau",
        title="Tỷ lệ người đứng đầu gương mẫu, tiên phong chuyển đổi số, chuyển đổi xanh",
        from_="II.1",
        owner="van_phong",
        by=("xa",),
        over=DATASET,
        tu_so=col("guong_mau"),
        mau_so=ALL,
        targets={2026: Target(1.0)},
    ),
)
