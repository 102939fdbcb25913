"""Declares where files of units may be fetched: the kinds of source, and what `xa.toml` says of each."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Any

#: The table of `xa.toml`; a source is `[nguon.<name>]`.
TABLE = "nguon"
NAMES_A_SOURCE = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
#: On these hosts nobody listens: without TLS, a password is safe on the way.
OWN_HOSTS = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class SourceKind:
    """A kind of source: its name for people, the keys that it needs, and those that it may have."""

    title: str
    needs: Collection[str]
    may: Collection[str] = ()


_LOGIN = ("tai_khoan", "mat_khau_tep")
#: Keys that every kind may have.
COMMON = ("don_vi", "xoa_sau_khi_nhan", "lon_nhat_mb", "nhieu_nhat", "han_giay")

SOURCE_KINDS: Mapping[str, SourceKind] = {
    "thu_muc": SourceKind("thư mục", ("duong_dan",)),
    "sftp": SourceKind(
        "SFTP", ("may_chu", "tai_khoan", "khoa_may_chu"), ("cong", "duong_dan", "mat_khau_tep", "khoa_tep")
    ),
    "webdav": SourceKind("WebDAV", ("dia_chi",), ("duong_dan", "chung_chi_tep", *_LOGIN)),
    "smb": SourceKind("SMB", ("may_chu", "chia_se", "tai_khoan"), ("cong", "duong_dan", "mat_khau_tep")),
    "s3": SourceKind("S3", ("kho",), ("dia_chi", "duong_dan", "chung_chi_tep", *_LOGIN)),
    "http": SourceKind("đường dẫn", ("dia_chi", "don_vi"), ("ten_tep", "chung_chi_tep", *_LOGIN)),
    "imap": SourceKind(
        "hộp thư",
        ("may_chu", "tai_khoan"),
        (
            "cong",
            "starttls",
            "hop_thu",
            "chung_chi_tep",
            "may_chu_xac_thuc",
            "tra_loi",
            "kem_tra_bai",
            "mat_khau_tep",
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class SourceSetting:
    """What `xa.toml` says of one source; None where it is silent.

    Attributes:
        name: Its name there.
        loai: Its kind, of `SOURCE_KINDS`.
        don_vi: The unit whose files these are; without it the first folder names the unit, or the sender.
        may_chu: The host.
        cong: Its port.
        dia_chi: The address that begins with http:// or https://.
        duong_dan: The folder with the files.
        chia_se: The share of an SMB host.
        kho: The bucket.
        hop_thu: The folder of a mailbox.
        ten_tep: The name of the file behind a link.
        tai_khoan: The user, or the id of an access key.
        mat_khau_tep: The file with the password, from the root; without it the environment has it.
        khoa_tep: The file with a private key, from the root.
        khoa_may_chu: The public key of an SFTP host, as `ssh-ed25519 AAAA…`.
        chung_chi_tep: The certificates of those who vouch for the host, from the root, if not the usual ones.
        starttls: Whether TLS begins after the first words, on port 143.
        may_chu_xac_thuc: Who says in Authentication-Results whether a sender is who he says.
        tra_loi: Whether a mail is answered, once.
        kem_tra_bai: Whether the marked workbooks are attached to that answer.
        xoa_sau_khi_nhan: Whether a file is deleted at the source once the archive has it.
        lon_nhat_mb: The largest file that is fetched, in MB.
        nhieu_nhat: The most files that are fetched at once; the others have to wait.
        han_giay: How long a fetch may take, in seconds.
    """

    name: str
    loai: str
    don_vi: str | None = None
    may_chu: str | None = None
    cong: int | None = None
    dia_chi: str | None = None
    duong_dan: str = ""
    chia_se: str | None = None
    kho: str | None = None
    hop_thu: str = "INBOX"
    ten_tep: str | None = None
    tai_khoan: str | None = None
    mat_khau_tep: str | None = None
    khoa_tep: str | None = None
    khoa_may_chu: str | None = None
    chung_chi_tep: str | None = None
    starttls: bool = False
    may_chu_xac_thuc: str | None = None
    tra_loi: bool = True
    kem_tra_bai: bool = True
    xoa_sau_khi_nhan: bool = False
    lon_nhat_mb: int = 50
    nhieu_nhat: int = 2000
    han_giay: int = 600

    @property
    def title(self) -> str:
        """The source as people call it."""
        return f"{SOURCE_KINDS[self.loai].title} “{self.name}”"


def make_source(name: str, said: Mapping[str, Any]) -> SourceSetting:
    """The source with what was `said` of it."""
    known = {each.name for each in fields(SourceSetting)}
    return SourceSetting(name, **{key: value for key, value in said.items() if key in known})


def find_fault(name: str, said: Mapping[str, Any]) -> tuple[str | None, str] | None:
    """What is wrong with what was `said` of the source `name`: a key, and why; None if nothing is."""
    if not NAMES_A_SOURCE.fullmatch(name):
        return None, f"“{name}” không dùng làm tên nguồn được: chữ thường không dấu, số, gạch, như vnpt."
    kind = SOURCE_KINDS.get(said["loai"])
    if kind is None:
        return "loai", f"không có loại nguồn “{said['loai']}”; có: {', '.join(SOURCE_KINDS)}."
    if lacking := [key for key in kind.needs if said.get(key) is None]:
        return None, f"nguồn {kind.title} cần thêm {', '.join(lacking)}."
    for key in said:
        if key not in {"loai", *kind.needs, *kind.may, *COMMON}:
            return key, f"nguồn {kind.title} không có khóa “{key}”."
    address = said.get("dia_chi")
    if address and not address.startswith("https://"):
        host = re.sub(r"^http://(?:\[([^]]*)\]|([^/:?#]*)).*$", r"\1\2", address)
        if host == address or (host not in OWN_HOSTS and (said.get("tai_khoan") or said["loai"] == "s3")):
            return (
                "dia_chi",
                "địa chỉ phải bắt đầu bằng https://, để không ai đọc được mật khẩu trên đường đi.",
            )
    return None
