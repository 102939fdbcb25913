"""Hồ sơ thủ tục hành chính: toàn trình (kế hoạch, mục III) và đúng hạn (mục II.4)."""

from polars import col

from schemas.datasets.ho_so_tthc import DATASET
from schemas.indicator import Indicator, Target

INDICATORS = (
    Indicator(
        name="ho_so_toan_trinh",
        title="Tỷ lệ hồ sơ trực tuyến toàn trình",
        from_="III",
        owner="van_phong",
        by=("xa",),
        over=DATASET,
        tu_so=col("cung_cap_toan_trinh") & (col("hinh_thuc") == "Toàn trình"),
        mau_so=col("cung_cap_toan_trinh"),
        targets={2026: Target(1.0)},
    ),
    Indicator(
        name="ho_so_dung_han",
        title="Tỷ lệ hồ sơ thủ tục hành chính trả đúng hạn",
        from_="II.4",
        owner="van_phong",
        by=("xa",),
        over=DATASET,
        tu_so=col("ngay_tra") <= col("ngay_hen_tra"),
        # Overdue at the period's end, not today: the submission has no answers given after it.
        mau_so=col("ngay_tra").is_not_null() | (col("ngay_hen_tra") < col("_period_end")),
    ),
)
