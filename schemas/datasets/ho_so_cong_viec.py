"""Hồ sơ công việc: một hồ sơ công việc mỗi dòng."""

from polars import col

from schemas.contract import Column, Dataset, Rule
from schemas.kinds import CO_KHONG, LUA_CHON, MA, NGAY

DATASET = Dataset(
    name="ho_so_cong_viec",
    title="Hồ sơ công việc",
    unit="van_phong",
    cadence="thang",
    basis="nd09",
    grain="một hồ sơ công việc",
    key=("ma_ho_so",),
    rows=(0, 100_000),
    dated="ngay_tao",
    closed="ngay_hoan_thanh",
    columns=(
        Column(
            "ma_ho_so",
            "Mã hồ sơ công việc",
            MA,
            also=("Số/ký hiệu hồ sơ",),
            pattern=r"HSCV-\d{4}-\d{5}",
            example="HSCV-2026-00012",
        ),
        Column(
            "don_vi_xu_ly",
            "Đơn vị xử lý",
            LUA_CHON,
            also=("Phòng xử lý",),
            of=(
                "Văn phòng HĐND và UBND",
                "Phòng Văn hóa - Xã hội",
                "Phòng Kinh tế",
                "Công an xã",
                "Trung tâm Phục vụ hành chính công",
            ),
        ),
        Column("ngay_tao", "Ngày lập hồ sơ", NGAY, also=("Ngày tạo",), example="20/10/2026"),
        Column("tren_mang", "Xử lý trên môi trường mạng", CO_KHONG, also=("XL trên môi trường mạng",)),
        Column("ky_so", "Ký số", CO_KHONG),
        Column("mat", "Hồ sơ mật", CO_KHONG, also=("Độ mật",), opened=()),
        Column("ngay_hoan_thanh", "Ngày hoàn thành", NGAY, required=False),
    ),
    rules=(
        Rule(
            "ngay_hoan_thanh.truoc_ngay_tao",
            on=("ngay_tao", "ngay_hoan_thanh"),
            dimension="dung",
            severity="chan",
            says="Ngày hoàn thành trước ngày lập hồ sơ.",
            fails_when=col("ngay_hoan_thanh") < col("ngay_tao"),
            good=({"ngay_tao": "20/10/2026", "ngay_hoan_thanh": "20/10/2026"},),
            bad=({"ngay_tao": "20/10/2026", "ngay_hoan_thanh": "19/10/2026"},),
        ),
        Rule(
            "tren_mang.ho_so_mat",
            on=("tren_mang", "mat"),
            dimension="sach",
            severity="canh_bao",
            says="Hồ sơ mật không được xử lý trên môi trường mạng.",
            fails_when=col("tren_mang") & col("mat"),
            good=(
                {"tren_mang": "Không", "mat": "Có"},
                {"tren_mang": "Có", "mat": "Không"},
            ),
            bad=({"tren_mang": "Có", "mat": "Có"},),
        ),
    ),
)
