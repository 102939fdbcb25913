"""Tài khoản định danh điện tử: một tài khoản mỗi dòng."""

from polars import col

from schemas.contract import Column, Cross, Dataset, Rule, Tie
from schemas.kinds import CO_KHONG, LUA_CHON, NGAY, SO_DINH_DANH, SO_LUONG
from schemas.rules import blank

#: Join to the register of persons (dan_cu) of the same period, which also lists the dead and moved away.
#: If several rows have the same number, it is unknown which one is right. So a person counts as dead only if
#: dead in all of them, and as under age only by the earliest birth date. If only the year of birth is known,
#: the date is 1 January: who is under age by that date is so for certain.
NGUOI = Tie(
    "dan_cu",
    by="so_dinh_danh",
    brings={
        "da_chet": (col("tinh_trang") == "Đã chết").all(ignore_nulls=False),
        "sinh": col("ngay_sinh").min(),
    },
)

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
        Column("ngay_cap_nhat", "Ngày cập nhật", NGAY, opened=()),
    ),
    rules=(
        Rule(
            "ngay_phe_duyet.truoc_thu_nhan",
            on=("ngay_thu_nhan", "ngay_phe_duyet"),
            dimension="dung",
            severity="chan",
            says="Ngày phê duyệt trước ngày thu nhận.",
            fails_when=col("ngay_phe_duyet") < col("ngay_thu_nhan"),
            good=({"ngay_thu_nhan": "05/06/2026", "ngay_phe_duyet": "05/06/2026"},),
            bad=({"ngay_thu_nhan": "05/06/2026", "ngay_phe_duyet": "04/06/2026"},),
        ),
        Rule(
            "ngay_kich_hoat.truoc_phe_duyet",
            on=("ngay_phe_duyet", "ngay_kich_hoat"),
            dimension="dung",
            severity="chan",
            says="Ngày kích hoạt trước ngày phê duyệt.",
            fails_when=col("ngay_kich_hoat") < col("ngay_phe_duyet"),
            good=({"ngay_phe_duyet": "05/06/2026", "ngay_kich_hoat": "05/06/2026"},),
            bad=({"ngay_phe_duyet": "05/06/2026", "ngay_kich_hoat": "04/06/2026"},),
        ),
        Rule(
            "ngay_kich_hoat.chua_phe_duyet",
            on=("ngay_phe_duyet", "ngay_kich_hoat"),
            dimension="du",
            severity="canh_bao",
            says="Đã kích hoạt nhưng chưa có ngày phê duyệt.",
            fails_when=col("ngay_kich_hoat").is_not_null() & blank("ngay_phe_duyet"),
            good=(
                {"ngay_phe_duyet": "05/06/2026", "ngay_kich_hoat": "05/06/2026"},
                {"ngay_phe_duyet": "", "ngay_kich_hoat": ""},
            ),
            bad=({"ngay_phe_duyet": "", "ngay_kich_hoat": "05/06/2026"},),
        ),
    ),
    cross=(
        Cross(
            "so_dinh_danh.khong_co_trong_dan_cu",
            on=("so_dinh_danh",),
            tied=NGUOI,
            dimension="dung",
            severity="canh_bao",
            says="Số định danh không có trong danh sách dân cư.",
            fails_when=~col("_co"),
            good=({"so_dinh_danh": "038090000001"},),
            bad=({"so_dinh_danh": "038090000002"},),
            beside=({"so_dinh_danh": "038090000001"},),
        ),
        Cross(
            "so_dinh_danh.da_chet",
            on=("so_dinh_danh",),
            tied=NGUOI,
            dimension="song",
            severity="canh_bao",
            says="Tài khoản của người đã chết còn hoạt động.",
            fails_when=col("dan_cu.da_chet"),
            good=({"so_dinh_danh": "038090000001"},),
            bad=({"so_dinh_danh": "038090000002"},),
            beside=(
                {"so_dinh_danh": "038090000001"},
                {"so_dinh_danh": "038090000002", "tinh_trang": "Đã chết", "ngay_mat": "02/10/2026"},
            ),
        ),
        Cross(
            "muc_do.duoi_14_tuoi",
            on=("so_dinh_danh", "muc_do"),
            tied=NGUOI,
            dimension="dung",
            severity="canh_bao",
            says="Mức độ 2 cấp cho người dưới 14 tuổi: đề nghị kiểm tra.",
            fails_when=(col("muc_do") == "2") & (col("dan_cu.sinh").dt.offset_by("14y") > col("_period_end")),
            good=(
                {"so_dinh_danh": "038212000001", "muc_do": "1"},
                {"so_dinh_danh": "038212000002", "muc_do": "2"},
            ),
            bad=({"so_dinh_danh": "038212000001", "muc_do": "2"},),
            beside=(
                {"so_dinh_danh": "038212000001", "ngay_sinh": "01/11/2012"},
                {"so_dinh_danh": "038212000002", "ngay_sinh": "31/10/2012"},
            ),
        ),
    ),
)
