"""Dữ liệu dân cư đúng, đủ, sạch, sống (kế hoạch, mục II.3 và III)."""

from polars import col

from schemas.datasets.dan_cu import DATASET
from schemas.indicator import ALL, Indicator, Target

INDICATORS = (
    Indicator(
        name="dan_cu_dung_du_sach_song",
        title="Tỷ lệ dữ liệu dân cư bảo đảm đúng, đủ, sạch, sống",
        from_="II.3, III",
        owner="cong_an",
        by=("xa", "thon"),
        over=DATASET,
        tu_so=col("_class") == "dat",
        mau_so=ALL,
        of_rows_read=True,
        targets={2026: Target(1.0, san=0.85)},
        thi_dua=3,
    ),
)
