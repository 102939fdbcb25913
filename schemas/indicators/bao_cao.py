"""Báo cáo nộp đúng hạn (kế hoạch, mục V.1), tính từ sổ điểm danh nộp báo cáo."""

from polars import col

from schemas.indicator import ALL, Indicator, Target

INDICATORS = (
    Indicator(
        name="bao_cao_dung_han",
        title="Tỷ lệ báo cáo nộp đúng hạn",
        from_="V.1",
        owner="van_phong",
        by=("xa", "don_vi", "thon"),
        over=None,
        tu_so=col("received") <= col("due"),
        mau_so=ALL,
        targets={2026: Target(1.0)},
        thi_dua=2,
    ),
)
