"""Where files are fetched, as `xa.toml` declares it: taken as written, refused with its line."""

from __future__ import annotations

import pytest

from schemas.declared import DeclarationError
from schemas.registry import load
from schemas.settings import read_settings
from schemas.sources import SOURCE_KINDS, SourceSetting

CONTRACTS = load()
TEXT = """\
[nguon.vnpt]
loai = "sftp"
may_chu = "sftp.example.org"
tai_khoan = "xa"
khoa_may_chu = "ssh-ed25519 AAAA"
don_vi = "vnpt"

[nguon.mail]
loai = "imap"
may_chu = "mail.example.org"
tai_khoan = "xa@example.org"
xoa_sau_khi_nhan = true

[nguon.may]
loai = "webdav"
dia_chi = "https://may.example.org/xa"
"""


def test_sources_are_what_the_file_says() -> None:
    told = read_settings(TEXT.encode())
    assert CONTRACTS.of_settings(told, b"").hash == CONTRACTS.of_settings(read_settings(b""), b"").hash
    sftp, mail, cloud = told.sources
    assert sftp == SourceSetting(
        "vnpt",
        "sftp",
        don_vi="vnpt",
        may_chu="sftp.example.org",
        tai_khoan="xa",
        khoa_may_chu="ssh-ed25519 AAAA",
    )
    assert (mail.title, mail.xoa_sau_khi_nhan, mail.hop_thu) == ("hộp thư “mail”", True, "INBOX")
    assert (cloud.don_vi, cloud.xoa_sau_khi_nhan) == (None, False)


REFUSED = {
    ("[nguon.vnpt]", "[nguon.VNPT]"): "dòng 1: “VNPT” không dùng làm tên nguồn được",
    ('loai = "sftp"', 'loai = "ftp"'): "dòng 2: không có loại nguồn “ftp”; có: thu_muc, sftp",
    ('loai = "sftp"\n', ""): "dòng 1: nguon.vnpt.loai chưa có",
    ('tai_khoan = "xa"\n', ""): "dòng 1: nguồn SFTP cần thêm tai_khoan.",
    ("may_chu =", "may_chuu ="): "dòng 3: không có khóa “nguon.vnpt.may_chuu”; ý là “may_chu”?",
    ("may_chu =", 'kho = "x"\nmay_chu ='): "dòng 3: nguồn SFTP không có khóa “kho”.",
    ('"vnpt"', '"vnp"'): "dòng 6: không có đơn vị “vnp”; ý là “vnpt”?",
    ("don_vi =", "cong = 0\ndon_vi ="): "dòng 6: nguon.vnpt.cong phải là số từ 1 trở lên",
    ("= true", "= 1"): "dòng 12: nguon.mail.xoa_sau_khi_nhan phải là true hoặc false",
    ("https://may", "may"): "dòng 16: địa chỉ phải bắt đầu bằng https://",
    (
        'https://may.example.org/xa"',
        'http://127.0.0.1.example.org/"\ntai_khoan = "xa"',
    ): "dòng 16: địa chỉ phải bắt đầu bằng https://",
}


@pytest.mark.parametrize(("change", "why"), REFUSED.items(), ids=[f"{new!r}" for _, new in REFUSED])
def test_what_cannot_be_meant_is_refused_with_its_line(change: tuple[str, str], why: str) -> None:
    assert change[0] in TEXT
    with pytest.raises(DeclarationError) as refused:
        CONTRACTS.of_settings(read_settings(TEXT.replace(*change, 1).encode()), b"")
    assert str(refused.value).startswith(f"xa.toml, {why}")


def test_on_this_machine_no_password_needs_tls() -> None:
    text = TEXT.replace("https://may.example.org", "http://[::1]:8080") + 'tai_khoan = "xa"\n'
    assert read_settings(text.encode()).sources[2].dia_chi == "http://[::1]:8080/xa"


def test_every_key_of_a_kind_is_one_that_a_source_has() -> None:
    keys = {key for kind in SOURCE_KINDS.values() for key in (*kind.needs, *kind.may)}
    assert keys <= set(SourceSetting.__dataclass_fields__)
