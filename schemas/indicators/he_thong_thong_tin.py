"""An toàn và kết nối của hệ thống thông tin (kế hoạch, mục II.2)."""

from polars import col

from schemas.datasets.he_thong_thong_tin import DATASET
from schemas.indicator import ALL, Indicator, Target

INDICATORS = (
    Indicator(
        name="httt_an_toan_theo_cap_do",
        title="Tỷ lệ hệ thống thông tin triển khai đầy đủ an toàn theo cấp độ được phê duyệt",
        from_="II.2",
        owner="van_phong",
        by=("xa",),
        over=DATASET,
        tu_so=col("trien_khai_du") & col("so_quyet_dinh").is_not_null(),
        mau_so=ALL,
        targets={2026: Target(1.0)},
    ),
    Indicator(
        name="httt_ket_noi_tslcd",
        title="Tỷ lệ hệ thống thông tin kết nối mạng truyền số liệu chuyên dùng",
        from_="II.2",
        owner="van_phong",
        by=("xa",),
        over=DATASET,
        tu_so=col("ket_noi_tslcd"),
        mau_so=ALL,
        targets={2026: Target(1.0)},
    ),
)
