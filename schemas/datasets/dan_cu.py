"""Dân cư: một người mỗi dòng."""

from polars import col

from schemas.contract import Column, Dataset, Rule
from schemas.kinds import DIEN_THOAI, HO_TEN, LUA_CHON, MA, NGAY, NGAY_SINH, SO_DINH_DANH, THON
from schemas.likeness import alike, other_alike
from schemas.open_forms import merged
from schemas.reference import ethnic_groups
from schemas.rules import CHU_HO, SEX_OF_RELATION, birth_year_in, blank, heads_of, sex_in

PERSON = {"name": "ho_ten", "birth": "ngay_sinh", "place": "thon", "sex": "gioi_tinh"}

RELATIVES = ("Vợ", "Chồng", "Con", "Bố", "Mẹ", "Ông", "Bà", "Cháu", "Anh", "Chị", "Em", "Khác")
#: The sex is told beside it.
BY_RELATION = {
    "Vợ": "Vợ hoặc chồng",
    "Chồng": "Vợ hoặc chồng",
    "Bố": "Bố mẹ, ông bà",
    "Mẹ": "Bố mẹ, ông bà",
    "Ông": "Bố mẹ, ông bà",
    "Bà": "Bố mẹ, ông bà",
    "Anh": "Anh, chị, em",
    "Chị": "Anh, chị, em",
    "Em": "Anh, chị, em",
}

DATASET = Dataset(
    name="dan_cu",
    title="Dân cư",
    unit="cong_an",
    cadence="thang",
    basis="point_in_time",
    grain="một người",
    key=("so_dinh_danh",),
    rows=(1, 200_000),
    coarsen=(
        *("ngay_mat", "ngay_sinh", "quan_he", "thon", "ngay_mat", "cu_tru", "quan_he", "tinh_trang"),
        *("ngay_sinh",),
    ),
    columns=(
        Column(
            "so_dinh_danh",
            "Số định danh cá nhân",
            SO_DINH_DANH,
            also=("Số CCCD", "Số ĐDCN", "Số CCCD/ĐDCN", "Mã số định danh"),
            personal="direct",
        ),
        Column("ho_ten", "Họ và tên", HO_TEN, also=("Họ tên", "Họ, chữ đệm và tên"), personal="direct"),
        Column(
            "ngay_sinh",
            "Ngày sinh",
            NGAY_SINH,
            also=("Ngày, tháng, năm sinh", "Năm sinh", "Ngày tháng năm sinh"),
            personal="quasi",
        ),
        Column(
            "gioi_tinh",
            "Giới tính",
            LUA_CHON,
            also=("Nam/Nữ", "GT"),
            of=("Nam", "Nữ"),
            codes={"1": "Nam", "2": "Nữ"},
        ),
        Column(
            "dan_toc",
            "Dân tộc",
            LUA_CHON,
            personal="sensitive",
            of=tuple(ethnic_groups().values()),
            codes=ethnic_groups(),
        ),
        Column(
            "ma_ho",
            "Mã hộ",
            MA,
            also=("Số hộ", "Mã số hộ"),
            personal="quasi",
            pattern=r"H\d{5}",
            example="H00012",
        ),
        Column(
            "quan_he",
            "Quan hệ với chủ hộ",
            LUA_CHON,
            also=("QH với chủ hộ", "Quan hệ"),
            of=(CHU_HO, *RELATIVES),
            opened=(merged(BY_RELATION), merged(dict.fromkeys(RELATIVES, "Không phải chủ hộ"))),
        ),
        Column("thon", "Thôn", THON, also=("Thôn, phố", "Thôn/bản/phố", "Nơi thường trú")),
        Column(
            "cu_tru",
            "Tình trạng cư trú",
            LUA_CHON,
            also=("Cư trú",),
            of=("Thường trú", "Tạm trú", "Tạm vắng"),
        ),
        Column(
            "tinh_trang",
            "Tình trạng",
            LUA_CHON,
            also=("Trạng thái",),
            of=("Đang sống", "Đã chết", "Đã chuyển đi"),
        ),
        Column("ngay_mat", "Ngày mất", NGAY, also=("Ngày chết",), required=False, personal="quasi"),
        Column(
            "dien_thoai",
            "Số điện thoại",
            DIEN_THOAI,
            also=("SĐT", "Điện thoại"),
            required=False,
            personal="direct",
        ),
        Column("ngay_cap_nhat", "Ngày cập nhật", NGAY, also=("Cập nhật lần cuối",), opened=()),
    ),
    rules=(
        Rule(
            "so_dinh_danh.sai_nam_sinh",
            on=("so_dinh_danh", "ngay_sinh"),
            dimension="dung",
            severity="canh_bao",
            says="Năm sinh ghi trong số định danh khác năm sinh đã khai.",
            fails_when=birth_year_in("so_dinh_danh") != col("ngay_sinh").dt.year(),
            good=({"so_dinh_danh": "038090000001", "ngay_sinh": "05/06/1990"},),
            bad=({"so_dinh_danh": "038090000001", "ngay_sinh": "05/06/1991"},),
        ),
        Rule(
            "so_dinh_danh.sai_gioi_tinh",
            on=("so_dinh_danh", "gioi_tinh"),
            dimension="dung",
            severity="canh_bao",
            says="Giới tính ghi trong số định danh khác giới tính đã khai.",
            fails_when=sex_in("so_dinh_danh") != col("gioi_tinh"),
            good=({"so_dinh_danh": "038090000001", "gioi_tinh": "Nam"},),
            bad=({"so_dinh_danh": "038090000001", "gioi_tinh": "Nữ"},),
        ),
        Rule(
            "ngay_sinh.qua_120_tuoi",
            on=("ngay_sinh",),
            dimension="dung",
            severity="canh_bao",
            says="Người trên 120 tuổi: đề nghị kiểm tra lại.",
            fails_when=col("ngay_sinh") < col("_judged_on").dt.offset_by("-120y"),
            good=({"ngay_sinh": "17/11/1906"},),
            bad=({"ngay_sinh": "16/11/1906"},),
        ),
        Rule(
            "ngay_mat.thieu_khi_da_chet",
            on=("tinh_trang", "ngay_mat"),
            dimension="du",
            severity="canh_bao",
            says="Đã chết nhưng chưa ghi ngày mất.",
            fails_when=(col("tinh_trang") == "Đã chết") & blank("ngay_mat"),
            good=(
                {"tinh_trang": "Đã chết", "ngay_mat": "02/10/2026"},
                {"tinh_trang": "Đang sống", "ngay_mat": ""},
            ),
            bad=({"tinh_trang": "Đã chết", "ngay_mat": ""},),
        ),
        Rule(
            "ngay_mat.truoc_ngay_sinh",
            on=("ngay_sinh", "ngay_mat"),
            dimension="dung",
            severity="chan",
            says="Ngày mất trước ngày sinh.",
            fails_when=col("ngay_mat") < col("ngay_sinh"),
            good=({"ngay_sinh": "05/06/1990", "ngay_mat": "05/06/1990"},),
            bad=({"ngay_sinh": "05/06/1990", "ngay_mat": "04/06/1990"},),
        ),
        Rule(
            "ngay_mat.khi_con_song",
            on=("tinh_trang", "ngay_mat"),
            dimension="sach",
            severity="canh_bao",
            says="Có ngày mất nhưng tình trạng không phải đã chết.",
            fails_when=(col("tinh_trang") != "Đã chết") & col("ngay_mat").is_not_null(),
            good=(
                {"tinh_trang": "Đã chết", "ngay_mat": "02/10/2026"},
                {"tinh_trang": "Đang sống", "ngay_mat": ""},
            ),
            bad=({"tinh_trang": "Đang sống", "ngay_mat": "02/10/2026"},),
        ),
        Rule(
            "quan_he.khong_co_chu_ho",
            on=("ma_ho", "quan_he"),
            dimension="sach",
            severity="canh_bao",
            says="Hộ không có chủ hộ.",
            fails_when=heads_of("ma_ho", "quan_he") == 0,
            good=(
                {"ma_ho": "H00012", "quan_he": "Chủ hộ"},
                {"ma_ho": "H00012", "quan_he": "Con"},
            ),
            bad=(
                {"ma_ho": "H00012", "quan_he": "Vợ", "ho_ten": "Bùi Thị Một"},
                {"ma_ho": "H00012", "quan_he": "Con", "ho_ten": "Bùi Văn Hai"},
            ),
        ),
        Rule(
            "quan_he.nhieu_chu_ho",
            on=("ma_ho", "quan_he"),
            dimension="sach",
            severity="canh_bao",
            says="Hộ có hơn một chủ hộ.",
            fails_when=(heads_of("ma_ho", "quan_he") > 1) & (col("quan_he") == CHU_HO),
            good=(
                {"ma_ho": "H00012", "quan_he": "Chủ hộ"},
                {"ma_ho": "H00013", "quan_he": "Chủ hộ"},
            ),
            bad=(
                {"ma_ho": "H00012", "quan_he": "Con", "ho_ten": "Bùi Văn Mẫu"},
                {"ma_ho": "H00012", "quan_he": "Chủ hộ", "ho_ten": "Bùi Thị Một"},
                {"ma_ho": "H00012", "quan_he": "Chủ hộ", "ho_ten": "Bùi Văn Hai"},
            ),
        ),
        Rule(
            "quan_he.sai_gioi_tinh",
            on=("quan_he", "gioi_tinh"),
            dimension="dung",
            severity="canh_bao",
            says="Giới tính không hợp với quan hệ (Vợ, Chồng, Bố, Mẹ, Ông, Bà, Anh, Chị).",
            fails_when=col("quan_he").replace_strict(SEX_OF_RELATION, default=None) != col("gioi_tinh"),
            good=(
                {"quan_he": "Vợ", "gioi_tinh": "Nữ"},
                {"quan_he": "Con", "gioi_tinh": "Nữ"},
            ),
            bad=({"quan_he": "Vợ", "gioi_tinh": "Nam"},),
        ),
        Rule(
            "nguoi.nghi_trung",
            on=("ho_ten", "ngay_sinh", "thon"),
            dimension="sach",
            severity="canh_bao",
            says="Nghi một người có hai số định danh: trùng họ tên, ngày sinh và thôn.",
            fails_when=alike("so_dinh_danh", **PERSON),
            note=other_alike("so_dinh_danh", **PERSON),
            good=(
                {"so_dinh_danh": "038090000001", "ho_ten": "Bùi Thị Thúy"},
                {"so_dinh_danh": "038090000002", "ho_ten": "Bùi Thị Thủy"},
            ),
            bad=(
                {"so_dinh_danh": "038090000001", "ho_ten": "Bùi Thị Thúy"},
                {"so_dinh_danh": "038090000002", "ho_ten": "bùi thị thuý"},
            ),
        ),
        Rule(
            "ngay_cap_nhat.qua_cu",
            on=("ngay_cap_nhat",),
            dimension="song",
            severity="canh_bao",
            says="Thông tin chưa được rà soát trong 12 tháng.",
            fails_when=col("ngay_cap_nhat") < col("_judged_on").dt.offset_by("-12mo"),
            good=({"ngay_cap_nhat": "17/11/2025"},),
            bad=({"ngay_cap_nhat": "16/11/2025"},),
        ),
    ),
)
