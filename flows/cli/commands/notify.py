"""`dulieuxa notify`: tells units, the engineer and the chairman what changed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.commands import DateOption, RootOption, day_of
from flows.engine.screen import say


def command(
    root: RootOption = Path(),
    when: DateOption = None,
    dry_run: Annotated[
        Path | None,
        typer.Option(
            "--dry-run",
            metavar="THƯ_MỤC",
            file_okay=False,
            help="Chỉ viết các thư vào thư mục này để xem trước; không gửi, không ghi nhớ gì.",
        ),
    ] = None,
) -> None:
    """Báo tin: mỗi người một thư, chỉ điều mới, mỗi điều một lần.

    Đơn vị: báo cáo sắp đến hạn (3 ngày), đến hạn, quá hạn; tệp đã nhận, đọc
    ra sao; sửa gì trước. Quá hạn 3 ngày thì trưởng đơn vị biết, 7 ngày thì
    chủ tịch biết. Chủ tịch: ba câu mỗi tuần. Kỹ sư: lượt chạy hỏng, không
    chạy, đơn vị im lặng, đĩa và kho có nguy cơ. Thư không có dữ liệu cá nhân.
    Ngoài giờ và ngày nghỉ thì chờ, trừ thư cho kỹ sư.

    Ai nhận: tệp lien_he.csv ở thư mục của xã, các cột don_vi, ten, dia_chi,
    vai_tro, tu_ngay. Vai trò: nguoi_nop, truong (của một đơn vị), chu_tich,
    ky_su (của cả xã, để trống don_vi). Người sau thay người trước từ tu_ngay.

    Gửi qua đâu: biến DULIEUXA_GUI_THU, hoặc một dòng ở tệp var/gui_thu chỉ
    chủ đọc được: mailtos://ten:mat_khau@may_chu_thu?from=xa@example.org
    Báo sống sau mỗi ngày tốt: DULIEUXA_BAO_SONG hoặc var/bao_song, một địa
    chỉ trang mạng.

    Ví dụ: dulieuxa notify --root /srv/xa --dry-run /tmp/thu
    """
    from flows.books.contacts import read_contacts
    from flows.notify.settings import SENDER, read_settings, secret_file
    from flows.notify.tell import tell, write_all
    from flows.root import HERE, Root, read_contracts
    from schemas.registry import load

    commune_root, contracts = Root(root.resolve()), load()
    commune_root.prepare()
    now = datetime.combine(day_of(when), datetime.now(HERE).time(), HERE)
    settings = read_settings(commune_root)
    contacts = read_contacts(settings.contacts, read_contracts(commune_root, contracts).commune)
    say(*(f"✗ {fault}" for fault in contacts.faults))
    if not contacts.lines:
        raise typer.BadParameter(
            "chưa có người liên hệ nào dùng được trong lien_he.csv; xem dulieuxa notify --help"
        )
    if dry_run is not None:
        written = write_all(commune_root, contracts, now, dry_run)
        say(*(f"{name}: {subject}" for name, subject in written))
        say(
            f"{len(written)} thư trong {dry_run}; không gửi thư nào."
            if written
            else "Không có gì mới để báo."
        )
        return
    if settings.sender is None:
        raise typer.BadParameter(
            f"chưa khai máy chủ thư: đặt biến {SENDER} hoặc ghi vào {secret_file(commune_root, SENDER)}"
        )
    done = tell(commune_root, contracts, now)
    say(*(f"✗ {problem}" for problem in done.problems))
    say(f"Đã gửi {done.sent} thư." if done.sent else "Không gửi thư nào.")
    if done.waiting:
        say(f"{done.waiting} thư chờ đến giờ làm việc.")
    if done.problems:
        raise typer.Exit(1)
