"""Recognises texts that say that records are none of the report: given targets, gone, drafts, old ones."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from flows.clean.text import toneless
from schemas.contract import Dataset

#: What an example is.
EXAMPLE = "ví dụ, mẫu"
# What sections, titles and sheets may say; toneless. A list that has a column for it may have such records.
_SORTS: Mapping[str, re.Pattern[str]] = {
    "chỉ tiêu được giao, chưa phải số thực hiện": re.compile(
        r"\bchi tieu (?:(?:duoc )?giao|dang ky|phan dau|ke hoach|(?:nam|quy|thang) )|\bgiao chi tieu\b"
        r"|\b(?:dinh muc|muc) (?:duoc )?giao\b|^muc tieu\b"
    ),
    "đã chuyển đi, đã mất, không còn ở": re.compile(
        r"\b(?:da|moi) (?:chuyen|roi|doi) (?:di|khoi|ra|den noi khac)\b|\bchuyen khoi\b"
        r"|\bchuyen di\b(?! (?:hoc|lam))"
        r"|\b(?:cat|chuyen) (?:khau|ho khau)\b|\bdi (?:cu|khoi)\b|\bbien dong giam\b|\bbo hoang\b"
        r"|\bxoa (?:khau|ho khau|dang ky)\b"
        r"|\bda (?:mat|chet|qua doi)$|\btu vong\b|\bkhong con\b(?! (?:ngheo|kho khan|no\b|hoat))"
    ),
    "đã ngừng hoạt động": re.compile(
        r"\b(?:ngung|ngung han|dung|thoi|cham dut|khong con)"
        r" (?:hoat dong|kinh doanh|su dung|khai thac|van hanh)\b"
        r"|\bda (?:ngung|dong ma so|thanh ly|thu hoi|bai bo)\b|\b(?:giai the|pha san|het hieu luc)\b"
    ),
    "ngoài địa bàn xã": re.compile(
        r"\bngoai (?:xa|dia ban|dia phuong|pham vi|huyen|tinh)\b"
        r"|\b(?:khong thuoc|thuoc) (?:xa|dia ban|tinh|huyen) khac\b"
        r"|\bkhong thuoc\b(?! (?:dien|ho|nhom))|^(?:xa|tinh|huyen|dia ban|don vi) khac\b"
    ),
    "bị từ chối, không được công nhận": re.compile(
        r"\b(?:bi|da) (?:tu choi|loai|bac|huy|tra lai|tra ve|bac bo)\b|\b(?:khong|chua) duoc cong nhan\b"
        r"|\bkhong (?:cong nhan|dat yeu cau|hop le|duoc (?:chap nhan|duyet|phe duyet|chap thuan))"
        r"|^tu choi\b|\bcho (?:xet|duyet|tham dinh|cong nhan)\b|\bkhong (?:to chuc|dien ra)\b"
    ),
    "không tính trong báo cáo": re.compile(
        r"\bkhong (?:(?:duoc|phai) )?(?:tinh|tong hop|dua vao|cong vao|lay vao|thong ke|bao cao)\b(?! duoc)"
        r"|^khong (?:su )?dung(?: nua| den)?$|\(khong (?:su )?dung(?: nua| den)?\)"
        r"|\bkhong (?:su )?dung (?:nua|den)$|\bloai (?:ra|tru|bo|khoi)\b"
        r"|^(?:da bo|da huy|da xoa|bo di|bo qua|tham khao|doi chieu|luu tru|luu)$"
        r"|\bde (?:tham khao|doi chieu)\b"
    ),
    EXAMPLE: re.compile(
        r"^(?:vi du|vd|minh hoa|example|sample|dong mau|ban mau|huong dan)\b"
        r"|\((?:vi du|minh hoa|mau)\)"
    ),
}
# Words that without accents are others, too: "động của", "phần đầu", "Bộ", a name.
_TONED: Mapping[str, re.Pattern[str]] = {
    "chỉ tiêu được giao, chưa phải số thực hiện": re.compile(r"\bphấn đấu\b"),
    "đã chuyển đi, đã mất, không còn ở": re.compile(
        r"\bgiảm trong\b|^(?:số )?(?:hộ |người |nhân khẩu )?giảm\b"
    ),
    "đã ngừng hoạt động": re.compile(r"\bđóng cửa\b"),
    "bị từ chối, không được công nhận": re.compile(r"\bkhông đạt$"),
    "không tính trong báo cáo": re.compile(r"^(?:bỏ|hủy|huỷ|xóa|xoá)$"),
    "bản ghi trùng": re.compile(r"\btrùng\b(?! (?:tên|tu|khánh|khơi|dương))"),
}
_OLD = "bản cũ"
_DRAFT = "bản nháp"
# Without accents "nhập" and "cư" are alike.
_OLD_WORDS = re.compile(
    r"\b(?:bản|số|số liệu|biểu|bảng|tệp|file|trang|dữ liệu) cũ\b|\(cũ\)|\bcũ$"
    r"|^(?:old|backup|bak|original)\b|^cu$|\b(?:ban|so lieu) cu$|^(?:sao lưu|sao luu|bản gốc|ban goc|gốc)\b"
)
_OLD_PLACE = re.compile(r"\b(?:xã|huyện|tỉnh|thôn|phố|tên|địa bàn|địa danh)\s+cũ\b|\bdan cu$")
_DRAFT_WORDS = re.compile(
    r"\bnháp\b|\bban nhap\b|^nhap$|^(?:draft|test)\b|\btạm$|\bchưa duyệt\b|\bsố liệu thô\b|^(?:dự phòng|thử)$"
)
_EARLIER = re.compile(r"^(?:so lieu )?(?:ky|thang|quy|nam) (?:lien )?truoc\b")
_FORM = re.compile(r"^(?:bieu )?(?:mau|mau bieu|form|template|bieu mau)$")
_ESTIMATED = re.compile(
    r"\b(?:uoc (?:tinh|thuc hien|dat|luong|so)|so uoc|so lieu uoc|tam tinh|du thao|ban nhap"
    r"|chua (?:phai )?(?:la )?(?:so )?chinh thuc|chua (?:duoc )?(?:chot|kiem tra|xac nhan|tham dinh))\b"
)

_DRAFTED = re.compile(r"\bnháp\b|\bsơ bộ\b|\bso lieu so bo\b")
#: All that a section, title or remark may say.
WORDS = (*_TONED.values(), *_SORTS.values(), _ESTIMATED, _DRAFTED)


def read_not_meant(text: str, dataset: Dataset) -> str | None:
    """What a section, title or the name of a sheet says that records are; None if they may be meant."""
    toned = _words(text)
    for what, pattern in _TONED.items():
        if pattern.search(toned):
            return what
    plain = toneless(toned)
    for what, pattern in _SORTS.items():
        if pattern.search(plain) and not _has_column(pattern, dataset):
            return what
    return None


def read_sheet_not_meant(name: str, dataset: Dataset) -> str | None:
    """What the name of a sheet or folder says that its records are: also a draft, an old one, a form."""
    toned = _words(name)
    plain = toneless(toned)
    if _DRAFT_WORDS.search(toned):
        return _DRAFT
    if _OLD_WORDS.search(_OLD_PLACE.sub(" ", toned)):
        return _OLD
    if _EARLIER.search(plain):
        return "số của kỳ trước"
    if _FORM.search(plain):
        return EXAMPLE
    return read_not_meant(name, dataset)


def is_form(name: str) -> bool:
    """Whether a name may just say that a sheet is the form."""
    return bool(_FORM.search(toneless(_words(name))))


def says_estimated(text: str) -> bool:
    """Whether a text says that figures are estimated, provisional or a draft."""
    toned = _words(text)
    return bool(_ESTIMATED.search(toneless(toned)) or _DRAFTED.search(toned))


def _has_column(pattern: re.Pattern[str], dataset: Dataset) -> bool:
    """Whether a column of the dataset has values for such records."""
    return any(pattern.search(toneless(value.lower())) for column in dataset.columns for value in column.of)


def _words(text: str) -> str:
    """Lower case, underscores and any white space as one space each, without a numeral before it."""
    plain = unicodedata.normalize("NFC", text.lower().replace("_", " "))
    plain = re.sub(r"^\W*(?:(?:\d{1,2}|[ivx]{1,6}|[a-hđ])\s*[.)/:–-]+\s*)?", "", plain)
    return " ".join(plain.split())
