"""Hệ thống thông tin: một hệ thống mỗi dòng."""

from polars import col

from schemas.contract import Column, Dataset, Rule
from schemas.kinds import CO_KHONG, LUA_CHON, MA, NGAY, VAN_BAN
from schemas.rules import blank

DATASET = Dataset(
    name="he_thong_thong_tin",
    title="Hệ thống thông tin",
    unit="van_phong",
    cadence="quy",
    basis="point_in_time",
    grain="một hệ thống",
    key=("ma_he_thong",),
    rows=(1, 500),
    coarsen=("ngay_phe_duyet", "ngay_phe_duyet", "cap_do", "trien_khai_du"),
    columns=(
        Column("ma_he_thong", "Mã hệ thống", MA, pattern=r"HT\d{3}", example="HT001"),
        Column("ten_he_thong", "Tên hệ thống", VAN_BAN),
        Column("don_vi_quan_ly", "Đơn vị quản lý", VAN_BAN, also=("Đơn vị vận hành",)),
        Column(
            "cap_do",
            "Cấp độ an toàn",
            LUA_CHON,
            also=("Cấp độ",),
            required=False,
            of=("1", "2", "3", "4", "5"),
        ),
        Column(
            "so_quyet_dinh",
            "Số quyết định phê duyệt cấp độ",
            VAN_BAN,
            also=("Số quyết định",),
            required=False,
        ),
        Column("ngay_phe_duyet", "Ngày phê duyệt", NGAY, required=False),
        Column("trien_khai_du", "Triển khai đầy đủ phương án", CO_KHONG, also=("Triển khai đầy đủ",)),
        Column("ket_noi_tslcd", "Kết nối mạng TSLCD", CO_KHONG, also=("Kết nối truyền số liệu chuyên dùng",)),
    ),
    rules=(
        Rule(
            "so_quyet_dinh.thieu_khi_co_cap_do",
            on=("cap_do", "so_quyet_dinh"),
            dimension="du",
            severity="canh_bao",
            says="Có cấp độ nhưng thiếu quyết định phê duyệt.",
            fails_when=col("cap_do").is_not_null() & blank("so_quyet_dinh"),
            good=(
                {"cap_do": "2", "so_quyet_dinh": "12/QĐ-UBND"},
                {"cap_do": "", "so_quyet_dinh": ""},
            ),
            bad=({"cap_do": "2", "so_quyet_dinh": ""},),
        ),
        Rule(
            "trien_khai_du.chua_phe_duyet",
            on=("trien_khai_du", "so_quyet_dinh"),
            dimension="sach",
            severity="canh_bao",
            says="Ghi đã triển khai đầy đủ nhưng hồ sơ cấp độ chưa được phê duyệt.",
            fails_when=col("trien_khai_du") & blank("so_quyet_dinh"),
            good=(
                {"trien_khai_du": "Có", "so_quyet_dinh": "12/QĐ-UBND"},
                {"trien_khai_du": "Không", "so_quyet_dinh": ""},
            ),
            bad=({"trien_khai_du": "Có", "so_quyet_dinh": ""},),
        ),
    ),
)
