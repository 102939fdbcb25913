"""Keeps the accounts of the page in `var/tai_khoan.json`: roles, units, hashes of passwords."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from flows.files import one_at_a_time, write_private
from flows.root import HERE, Root

#: What an account may do, by role.
ROLES: Mapping[str, str] = {
    "don_vi": "Đơn vị nộp dữ liệu",
    "ky_su": "Kỹ sư dữ liệu",
    "lanh_dao": "Lãnh đạo xã",
    "phan_tich": "Người phân tích",
}
#: The role that stands for one unit.
OF_UNIT = "don_vi"

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
_SHORTEST, _LONGEST = 10, 128
# Without letters and digits that look alike.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_HASHER = PasswordHasher()


class AccountError(ValueError):
    """An account can't be made or changed so; the message says why, in Vietnamese."""


@dataclass(frozen=True, slots=True)
class Account:
    """One person's or office's access.

    `unit` is only for the role `don_vi`. With `must_change`, the password is one that somebody else knows.
    """

    name: str
    role: str
    hash: str
    unit: str | None = None
    must_change: bool = True
    made: str = ""


class AccountBook:
    """The accounts of one root; what another process changes is seen at the next question."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._path = root.state / "tai_khoan.json"
        self._seen: tuple[int, int, int] | None = None
        self._accounts: dict[str, Account] = {}
        # Whoever asks for an unknown name waits as long as for a known one.
        self._nobody = _HASHER.hash(secrets.token_hex(16))

    def all(self) -> Mapping[str, Account]:
        """Every account by name."""
        try:
            state = self._path.stat()
        except FileNotFoundError:
            self._seen, self._accounts = None, {}
            return self._accounts
        seen = (state.st_mtime_ns, state.st_size, state.st_ino)
        if seen != self._seen:
            said = json.loads(self._path.read_bytes())
            self._accounts = {name: Account(name, **facts) for name, facts in said.items()}
            self._seen = seen
        return self._accounts

    def find(self, name: str) -> Account | None:
        """The account with this name."""
        return self.all().get(name)

    def check_password(self, name: str, password: str) -> Account | None:
        """The account, if the password is its own; takes tens of milliseconds either way."""
        account = self.find(name)
        try:
            _HASHER.verify(account.hash if account else self._nobody, password[:_LONGEST])
        except (Argon2Error, InvalidHashError):
            return None
        return account

    def add(self, name: str, role: str, unit: str | None) -> str:
        """Make an account; returns its first password.

        Raises:
            AccountError: the name can't be one or is taken, or the role and the unit do not fit.
        """
        if not _NAME.fullmatch(name):
            raise AccountError(
                f"tên tài khoản “{name}” chỉ gồm chữ thường không dấu, số, dấu chấm, gạch; từ 2 đến 32 ký tự"
            )
        if role not in ROLES:
            raise AccountError(f"không có vai trò “{role}”; có: {', '.join(ROLES)}")
        if (unit is not None) != (role == OF_UNIT):
            raise AccountError(f"vai trò {OF_UNIT} phải có đơn vị, vai trò khác thì không")
        password = make_password()
        made = datetime.now(HERE).isoformat(timespec="seconds")
        with self._changing() as accounts:
            if name in accounts:
                raise AccountError(f"đã có tài khoản {name}; đặt lại mật khẩu: dulieuxa user reset {name}")
            accounts[name] = Account(name, role, _HASHER.hash(password), unit, made=made)
        return password

    def reset(self, name: str) -> str:
        """Give an account a new first password, and return it; its sessions end.

        Raises:
            AccountError: there is no such account.
        """
        password = make_password()
        with self._changing() as accounts:
            self._require(accounts, name)
            accounts[name] = replace(accounts[name], hash=_HASHER.hash(password), must_change=True)
        return password

    def remove(self, name: str) -> None:
        """Remove an account; its sessions end.

        Raises:
            AccountError: there is no such account.
        """
        with self._changing() as accounts:
            self._require(accounts, name)
            del accounts[name]

    def change_password(self, name: str, former: str, new: str) -> Account:
        """Set the password that the account's owner chose; returns the account as it is then.

        Raises:
            AccountError: `former` is not the password, or `new` is too easy.
        """
        account = self.check_password(name, former)
        if account is None:
            raise AccountError("Mật khẩu hiện tại không đúng.")
        refuse_easy(new, name, former)
        changed = replace(account, hash=_HASHER.hash(new), must_change=False)
        with self._changing() as accounts:
            self._require(accounts, name)
            accounts[name] = changed
        return changed

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Account]]:
        """The accounts, written when the block ends; one change at a time."""
        self._root.prepare()
        with one_at_a_time(self._root.state / "tai_khoan.khoa"):
            accounts = dict(self.all())
            yield accounts
            write_private(self._path, to_json(accounts))
            self._seen = None

    @staticmethod
    def _require(accounts: Mapping[str, Account], name: str) -> None:
        if name not in accounts:
            raise AccountError(
                f"không có tài khoản {name}; có: {', '.join(sorted(accounts)) or 'chưa có gì'}"
            )

    @property
    def path(self) -> Path:
        """Where the accounts are kept."""
        return self._path


def to_json(accounts: Mapping[str, Account]) -> bytes:
    """The accounts as their file holds them."""
    said = {
        name: {key: value for key, value in asdict(one).items() if key != "name"}
        for name, one in sorted(accounts.items())
    }
    return json.dumps(said, ensure_ascii=False, indent=1).encode()


def make_password() -> str:
    """A password that can be read out: three groups of four letters and digits, 59 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def refuse_easy(new: str, name: str, former: str) -> None:
    """Refuse a password that is short, known or easily guessed.

    Raises:
        AccountError: it is.
    """
    if not _SHORTEST <= len(new) <= _LONGEST:
        raise AccountError(f"Mật khẩu mới phải có từ {_SHORTEST} đến {_LONGEST} ký tự.")
    if new == former:
        raise AccountError("Mật khẩu mới phải khác mật khẩu cũ.")
    plain = new.lower()
    if len(set(plain)) < 5 or name in plain or re.search(r"12345678|matkhau|password|abcdefg|qwerty", plain):
        raise AccountError("Mật khẩu mới dễ đoán quá: dùng vài từ không liên quan đến nhau, thêm số.")
