"""Thanh toán không dùng tiền mặt (kế hoạch, mục II.4), theo số giao dịch và theo giá trị."""

from polars import col

from schemas.datasets.thanh_toan import DATASET
from schemas.indicator import Indicator, Target

INDICATORS = (
    Indicator(
        name="thanh_toan_khong_tien_mat",
        title="Tỷ lệ thanh toán không dùng tiền mặt (theo số giao dịch)",
        from_="II.4",
        owner="kinh_te",
        by=("xa", "thon"),
        over=DATASET,
        tu_so=col("giao_dich_kdtm"),
        mau_so=col("giao_dich"),
        dem="giao dịch",
        targets={2026: Target(0.80)},
        thi_dua=2,
    ),
    Indicator(
        name="thanh_toan_khong_tien_mat_gia_tri",
        title="Tỷ lệ thanh toán không dùng tiền mặt (theo giá trị)",
        from_="II.4",
        owner="kinh_te",
        by=("xa", "thon"),
        over=DATASET,
        tu_so=col("gia_tri_kdtm"),
        mau_so=col("gia_tri"),
        dem="triệu đồng",
        targets={2026: Target(0.80)},
    ),
)
