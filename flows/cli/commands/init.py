"""`dulieuxa init`: makes the root of a new commune, with the file in which it says what is its own."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.engine.screen import say

# What differs from the usual is taken out of its comment; a test reads it all without the comment marks.
_TEXT = """\
# Cấu hình của xã. Sau khi sửa, chạy: dulieuxa doctor; lệnh ấy chỉ ra dòng nào ghi sai.
# Phần nào giống mặc định thì để nguyên dấu # ở đầu dòng, hoặc xóa đi.

[xa]
ma = {ma}
ten = {ten}
tinh = {tinh}
tu_ngay = {tu_ngay}             # kỳ báo cáo kết thúc trước ngày này thì không phải nộp
thon = "schemas/thon.csv"        # danh sách thôn: ma_thon,ten_thon,xa_cu

# Đơn vị: đổi tên hiển thị, bỏ đơn vị xã không có, thêm đơn vị mới (tên trước dấu = là tên thư mục nộp).
# [don_vi]
# van_phong = "Văn phòng HĐND và UBND xã"
# mobifone = false
# fpt = {{ ten = "FPT Telecom", loai = "vien_thong" }}

# Ngày làm bù và nghỉ bù theo thông báo hoán đổi của Chính phủ; ngày lễ thì chương trình đã biết.
# [lich]
# lam_bu = [2027-02-20]
# nghi_bu = [2027-02-05]

# Hạn nộp của từng bộ dữ liệu: số ngày làm việc sau khi hết kỳ (mặc định là 3).
# [han_nop]
# ho_gia_dinh = 5

# Mục tiêu của xã theo năm, thay cho mục tiêu chung; tỷ lệ viết từ 0 đến 1.
# [muc_tieu.ho_co_ky_nang_so]
# 2026 = 0.8
# 2027 = {{ muc_tieu = 0.9, san = 0.8 }}

# Giữ bản công bố và tệp nộp hết hiệu lực bao nhiêu ngày (lệnh purge).
# [luu_giu]
# ngay_ban_cong_bo = 30
# ban_dau_thang = true
# ngay_tep_het_hieu_luc = 365

# Nơi thư mục curated/releases được đưa lên mạng nội bộ, để các trang dẫn tới báo cáo.
# [trang]
# dia_chi = "https://xa.example/releases"

# Nơi lấy tệp trước mỗi lượt chạy, mỗi nguồn một bảng: hộp thư (imap), thu_muc, sftp, webdav, smb, s3, http.
# Mật khẩu ở tệp mat_khau_tep (chỉ chủ đọc được), hoặc ở biến môi trường, như DULIEUXA_MAT_KHAU_THU.
# [nguon.thu]
# loai = "imap"
# may_chu = "mail.example.org"
# tai_khoan = "nop@example.org"
# mat_khau_tep = "var/mat_khau_thu"

# Nơi trả tệp đã đánh dấu và phiếu nhận cho từng đơn vị; {{don_vi}} là mã đơn vị.
# [tra_ve]
# thu_muc = "tra_ve/{{don_vi}}"

# Báo tin (lệnh notify): danh sách người liên hệ, giờ được gửi thư trong ngày làm việc, thư tuần của chủ tịch
# vào thứ mấy, lượt chạy hằng ngày phải xong trước giờ nào.
# [bao_tin]
# lien_he = "lien_he.csv"
# tu_gio = 07:00:00
# den_gio = 18:00:00
# thu_hang_tuan = 2
# chay_xong_truoc = 07:00:00
"""


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Thư mục của xã; chưa có thì được tạo.")],
    code: Annotated[str | None, typer.Option("--ma", help="Mã xã theo Tổng cục Thống kê.")] = None,
    name: Annotated[str | None, typer.Option("--ten", help="Tên xã, như: Xã Mẫu.")] = None,
    province: Annotated[str | None, typer.Option("--tinh", help="Tên tỉnh, như: Tỉnh Mẫu.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--tu-ngay",
            formats=["%Y-%m-%d", "%d/%m/%Y"],
            help="Ngày bắt đầu báo cáo: kỳ kết thúc trước ngày này thì không phải nộp.",
        ),
    ] = None,
    thon: Annotated[
        Path | None,
        typer.Option("--thon", exists=True, dir_okay=False, help="CSV thôn: ma_thon,ten_thon,xa_cu."),
    ] = None,
) -> None:
    """Lập thư mục cho một xã mới: xa.toml, danh sách thôn và thư mục nộp của từng đơn vị.

    Thiếu tùy chọn nào thì hỏi.

    Ví dụ: dulieuxa init xa_moi --ma 90001 --ten "Xã Mẫu" --tinh "Tỉnh Mẫu" --tu-ngay 2026-09-15
    """
    from flows.files import PUBLIC_FILE, write_file
    from flows.root import Root, read_contracts
    from schemas.registry import load
    from schemas.settings import FILE, read_settings
    from schemas.units import FILE as OLDER_FILE
    from schemas.units import THON_COLUMNS, THON_FILE

    there = [path for path in (folder / FILE, folder / THON_FILE, folder / OLDER_FILE) if path.exists()]
    if there:
        raise typer.BadParameter(f"đã có {there[0]}: sửa tệp ấy, lệnh này không ghi đè", param_hint="DIR")
    said = {
        "ma": json.dumps(_ask(code, "--ma", "Mã xã"), ensure_ascii=False),
        "ten": json.dumps(_ask(name, "--ten", "Tên xã"), ensure_ascii=False),
        "tinh": json.dumps(_ask(province, "--tinh", "Tên tỉnh"), ensure_ascii=False),
        "tu_ngay": since.date() if since else _ask_day(),
    }
    text = _TEXT.format(**said).encode()
    places = thon.read_bytes() if thon else f"{','.join(THON_COLUMNS)}\n".encode()
    if thon:  # refuses a list that can't be used before anything is written
        load().of_settings(read_settings(text), places)
    (folder / THON_FILE).parent.mkdir(parents=True, exist_ok=True)
    write_file(folder / THON_FILE, places, mode=PUBLIC_FILE)
    write_file(folder / FILE, text, mode=PUBLIC_FILE)
    say(f"Đã ghi {folder / FILE} và {folder / THON_FILE}.")
    if not thon:
        say(f"Điền danh sách thôn vào {folder / THON_FILE} (mở được bằng Excel), rồi chạy dulieuxa doctor.")
        return
    root = Root(folder.resolve())
    units = read_contracts(root, load()).commune.units
    root.prepare(unit.name for unit in units)
    say(f"Đã tạo {len(units)} thư mục nộp trong {folder / 'raw' / 'inbox'}.")


def _ask(given: str | None, option: str, question: str) -> str:
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise typer.BadParameter("chưa có giá trị", param_hint=option)
    return str(typer.prompt(question))


def _ask_day() -> date:
    """The first day, asked until it is one."""
    while True:
        typed = _ask(None, "--tu-ngay", "Ngày bắt đầu báo cáo, như 15/9/2026")
        for form in ("%d/%m/%Y", "%Y-%m-%d"):
            with suppress(ValueError):
                return datetime.strptime(typed.strip(), form).date()
        say("Chưa phải là ngày.")
