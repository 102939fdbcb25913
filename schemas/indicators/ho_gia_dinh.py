"""Kỹ năng số, internet và lối sống xanh của hộ gia đình (kế hoạch, mục II.2, II.6, III, V.6)."""

from polars import col

from schemas.datasets.ho_gia_dinh import DATASET
from schemas.indicator import ALL, Indicator, Target

INDICATORS = (
    Indicator(
        name="ho_co_ky_nang_so",
        title="Tỷ lệ hộ có ít nhất một thành viên có kỹ năng dịch vụ công trực tuyến "
        "và thanh toán không dùng tiền mặt",
        from_="III",
        owner="thon",
        by=("xa", "thon"),
        over=DATASET,
        tu_so=col("ky_nang_dvc") & col("ky_nang_ttkdtm"),
        mau_so=ALL,
        targets={2026: Target(1.0)},
        thi_dua=3,
    ),
    Indicator(
        name="ho_internet",
        title="Tỷ lệ hộ có internet băng rộng cáp quang",
        from_="II.2, V.6",
        owner="thon",
        by=("xa", "thon"),
        over=DATASET,
        tu_so=col("internet") == "Cáp quang",
        mau_so=ALL,
    ),
    Indicator(
        name="ho_phan_loai_rac",
        title="Tỷ lệ hộ phân loại rác tại nguồn",
        from_="II.6",
        owner="thon",
        by=("xa", "thon"),
        over=DATASET,
        tu_so=col("phan_loai_rac"),
        mau_so=ALL,
    ),
    Indicator(
        name="ho_nang_luong_sach",
        title="Tỷ lệ hộ dùng năng lượng sạch",
        from_="II.6",
        owner="thon",
        by=("xa", "thon"),
        over=DATASET,
        tu_so=col("nang_luong_sach"),
        mau_so=ALL,
    ),
)
