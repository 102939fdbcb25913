"""Tài khoản định danh điện tử: một tài khoản mỗi dòng."""

from polars import col

from schemas.contract import Column, Cross, Dataset, Rule
from schemas.kinds import CO_KHONG, LUA_CHON, NGAY, SO_DINH_DANH, SO_LUONG
from schemas.rules import blank

DATASET = Dataset(
    name="dinh_danh",
    title="Tài khoản định danh điện tử",
    unit="cong_an",
    cadence="thang",
    basis="point_in_time",
    grain="một tài khoản",
    key=("so_dinh_danh",),
    rows=(1, 200_000),
    columns=(
        Column(
            "so_dinh_danh",
            "Số định danh cá nhân",
            SO_DINH_DANH,
            also=("Số CCCD", "Số ĐDCN"),
            personal="direct",
        ),
        Column("muc_do", "Mức độ định danh", LUA_CHON, also=("Mức độ", "Mức"), of=("1", "2")),
        Column("ngay_thu_nhan", "Ngày thu nhận", NGAY),
        Column("ngay_phe_duyet", "Ngày phê duyệt", NGAY, also=("Ngày duyệt",), required=False),
        Column("ngay_kich_hoat", "Ngày kích hoạt", NGAY, required=False),
        Column("giay_to", "Giấy tờ đã tích hợp", SO_LUONG, also=("Số giấy tờ tích hợp",), range=(0, 20)),
        Column("chu_ky_so", "Chữ ký số cá nhân", CO_KHONG, also=("Có chữ ký số",)),
        Column("ngay_cap_nhat", "Ngày cập nhật", NGAY),
    ),
    rules=(
        Rule(
            "ngay_phe_duyet.truoc_thu_nhan",
            on=("ngay_thu_nhan", "ngay_phe_duyet"),
            dimension="dung",
            severity="chan",
            says="Ngày phê duyệt trước ngày thu nhận.",
            fails_when=col("ngay_phe_duyet") < col("ngay_thu_nhan"),
        ),
        Rule(
            "ngay_kich_hoat.truoc_phe_duyet",
            on=("ngay_phe_duyet", "ngay_kich_hoat"),
            dimension="dung",
            severity="chan",
            says="Ngày kích hoạt trước ngày phê duyệt.",
            fails_when=col("ngay_kich_hoat") < col("ngay_phe_duyet"),
        ),
        Rule(
            "ngay_kich_hoat.chua_phe_duyet",
            on=("ngay_phe_duyet", "ngay_kich_hoat"),
            dimension="du",
            severity="canh_bao",
            says="Đã kích hoạt nhưng chưa có ngày phê duyệt.",
            fails_when=col("ngay_kich_hoat").is_not_null() & blank("ngay_phe_duyet"),
        ),
    ),
    cross=(
        Cross(
            "so_dinh_danh.khong_co_trong_dan_cu",
            on=("so_dinh_danh",),
            with_="dan_cu",
            dimension="dung",
            severity="canh_bao",
            says="Số định danh không có trong danh sách dân cư.",
        ),
        Cross(
            "so_dinh_danh.da_chet",
            on=("so_dinh_danh",),
            with_="dan_cu",
            dimension="song",
            severity="canh_bao",
            says="Tài khoản của người đã chết còn hoạt động.",
        ),
        Cross(
            "muc_do.duoi_14_tuoi",
            on=("so_dinh_danh", "muc_do"),
            with_="dan_cu",
            dimension="dung",
            severity="canh_bao",
            says="Mức độ 2 cấp cho người dưới 14 tuổi: đề nghị kiểm tra.",
        ),
    ),
)
