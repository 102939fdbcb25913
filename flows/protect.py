"""Protects personal data: turns identifiers into keyed tokens, dates into years, masks the rest."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import polars as pl

from flows.errors import BadKeyError, ForeignStateError
from flows.files import write_file, write_new, write_private
from flows.root import Root, refuse_foreign
from schemas.contract import Column, Dataset
from schemas.privacy import FREE_TEXT, PERSONAL_TAX_CODE, TOKEN_DIGITS, protection, token_domains

KEY_BYTES = 32

_DIFFERS = (
    "khác với bản sao của nó trong var/ban_sao; dulieuxa doctor --fix lấy lại khóa của bản sao, còn nếu cố ý "
    "thay khóa thì xóa bản sao ấy"
)

_REMEDY = (
    "Chép lại tệp này từ bản sao lưu. Chỉ khi không có bản sao lưu và chưa công bố gì thì xóa tệp này, lần "
    "chạy sau sẽ tạo khóa mới. Đã công bố mà mất khóa thì mã băm mới không nối được với các bản trước: đổi "
    "khóa bằng dulieuxa rotate."
)

# From this many values on, starting DuckDB pays off.
MANY = 100_000
_BLOCK = 64
_HMAC = "SELECT left(sha256($outer || unhex(sha256($inner || encode(value)))), $digits) AS token FROM said"

# Nine or more digits, together or in groups: may be a personal number, also in columns for other things.
LONG_NUMBER = r"\d(?:[ .\-\x{a0}]?\d){8,}"

# A personal number or phone between other digits, such as the dates in a file name.
NUMBER_ALONE = (
    r"(^|[^0-9])(?:[0-9]{9,12}|(?:[+]?84[ ._-]?|0)[0-9]{2,3}(?:[ ._-][0-9]{3}){2,3}[0-9]?)([^0-9]|$)"
)

# The family names of nearly all people in Vietnam. One of them with more words after it may be a name.
_FAMILIES = (
    "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Trịnh|Đoàn|Mai|Cao|"
    "Lương|Lưu|Tạ|Hà|Quách|Trương|Phùng|Tống|Tô|Đào|Vi|Lò|Kiều|Chu|Thái|Triệu|Quan|Lữ"
)
PERSON = rf"\b(?:{_FAMILIES}|{_FAMILIES.upper()})(?: \p{{Lu}}[\p{{L}}\p{{M}}]*){{1,5}}"


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """The secret of one commune. The same person has the same token in all its datasets, every day."""

    secret: bytes

    def token(self, domain: str, value: str) -> str:
        """HMAC-SHA256 of `value` as hex, cut to 128 bits. Each `domain` has tokens of its own."""
        return hmac.digest(self.secret, f"{domain}\0{value}".encode(), "sha256").hex()[:TOKEN_DIGITS]

    def seal(self, what: str, data: bytes | memoryview) -> bytes:
        """HMAC-SHA256 of `data` as the content of `what`: 32 bytes that only who has the key can make."""
        made = hmac.new(self.secret, f"{what}\0".encode(), "sha256")
        made.update(data)
        return made.digest()

    def tokens(self, domain: str, values: pl.Series) -> pl.Series:
        """The tokens of a String series; null stays null."""
        if len(values) > MANY:
            return self._tokens_of_many(domain, values)
        distinct = values.drop_nulls().unique()
        tokens = pl.Series([self.token(domain, value) for value in distinct], dtype=pl.String)
        return values.replace_strict(distinct, tokens, default=None, return_dtype=pl.String)

    def _tokens_of_many(self, domain: str, values: pl.Series) -> pl.Series:
        """The same tokens, computed by DuckDB on all cores. HMAC is spelled out: DuckDB only has SHA-256."""
        import duckdb  # noqa: PLC0415 - slow to import and rarely needed

        block = self.secret.ljust(_BLOCK, b"\0")
        pads = {
            "inner": bytes(byte ^ 0x36 for byte in block) + f"{domain}\0".encode(),
            "outer": bytes(byte ^ 0x5C for byte in block),
            "digits": TOKEN_DIGITS,
        }
        # Rows of one household are neighbours: equal neighbours are computed once.
        runs = values.rle().struct.field("value").alias("value")
        said = runs.to_frame().to_arrow()
        with duckdb.connect() as engine:
            engine.register("said", said)
            found = engine.sql(_HMAC, params=pads).to_arrow_table()
        return pl.Series(values.name, found["token"], dtype=pl.String).gather(values.rle_id())


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A file that holds a key, and its second `copy`, which has a seal.

    `remedy` tells people what to do if both are damaged.
    """

    path: Path
    remedy: str
    copy: Path

    def read(self) -> Key:
        """The key, from the copy where the file is damaged. Without either, one is made for its owner alone.

        Raises:
            BadKeyError: the file does not hold a key, or not the one of the copy.
            ForeignStateError: the file, its copy or its folder is somebody else's.
        """
        for place in (self.path.parent, self.path, self.copy):
            refuse_foreign(place)
        kept = self._read_copy()
        if not self.path.exists() and kept is None:
            write_new(self.path, _new_secret(), mode=0o600)
        content, wrong = self._read_file()
        if wrong and kept:
            return Key(kept)
        if wrong or (kept and bytes.fromhex(content.decode()) != kept):
            raise BadKeyError(self._explain(wrong or _DIFFERS))
        return Key(bytes.fromhex(content.decode()))

    def peek(self) -> Key | None:
        """The key, if there is a good one of our own; none is made."""
        try:
            return self.read() if self.path.exists() or self.copy.exists() else None
        except (BadKeyError, ForeignStateError, PermissionError):
            return None

    def require(self) -> None:
        """Make sure that there is a key: a new one would be another one.

        Raises:
            BadKeyError: there is none.
        """
        if not self.path.exists() and self._read_copy() is None:
            raise BadKeyError(self._explain("bị mất"))

    def replace(self) -> None:
        """Replace the key, or whatever the file holds, by a new key."""
        self.copy.unlink(missing_ok=True)
        write_file(self.path, _new_secret(), mode=0o600)

    def keep_copy(self) -> None:
        """Make the second copy of a key that is there, if it has none."""
        if self._read_copy() is None and self.path.exists():
            digits = self.path.read_bytes().removesuffix(b"\n").lower()
            write_private(self.copy, digits, b"\n", _seal(digits))

    def mend(self) -> bool:
        """Write the file anew from the copy; returns whether there is a copy that can be read."""
        kept = self._read_copy()
        if kept is not None:
            write_file(self.path, kept.hex().encode(), mode=0o600)
        return kept is not None

    def find_fault(self) -> str | None:
        """What is wrong with the file, in Vietnamese; None if it is fine, or was never made."""
        kept = self._read_copy()
        if not self.path.exists():
            return None if kept is None else "bị mất"
        content, wrong = self._read_file()
        return wrong or (_DIFFERS if kept and bytes.fromhex(content.decode()) != kept else None)

    def find_fault_of_copy(self) -> str | None:
        """What is wrong with the copy, in Vietnamese; None if it is fine, or there is no key yet."""
        if not self.path.exists() or not self.copy.parent.is_dir() or self._read_copy() is not None:
            return None
        return "bản sao bị hỏng" if self.copy.exists() else "bản sao bị mất"

    def describe_damage(self) -> str | None:
        """What is wrong with the file and what to do, in Vietnamese; None if it is fine or missing."""
        wrong = self.find_fault()
        return self._explain(wrong) if wrong else None

    def _read_file(self) -> tuple[bytes, str | None]:
        """What the file holds, and why it is not a key."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return b"", "bị mất"
        except PermissionError:
            return b"", "không đọc được"
        return content, _what_is_wrong(content)

    def _read_copy(self) -> bytes | None:
        """The key that the copy holds; None without a copy that is as it was written."""
        try:
            digits, _, seal = self.copy.read_bytes().partition(b"\n")
        except (FileNotFoundError, PermissionError):
            return None
        return bytes.fromhex(digits.decode()) if seal == _seal(digits) else None

    def _explain(self, wrong: str) -> str:
        return f"Khóa {self.path} không dùng được: {wrong}. {self.remedy}"


def _seal(digits: bytes) -> bytes:
    return blake2b(digits, digest_size=4).hexdigest().encode()


def _new_secret() -> bytes:
    return secrets.token_hex(KEY_BYTES).encode()


def _what_is_wrong(content: bytes) -> str | None:
    """Why `content` is not a key, in words that quote nothing of it; None if it is one."""
    digits = content.removesuffix(b"\n")
    if not digits:
        return "tệp rỗng"
    if not re.fullmatch(rb"[0-9a-fA-F]*", digits):
        return "trong tệp có ký tự không phải chữ số hệ 16 (0–9, a–f)"
    if len(digits) != 2 * KEY_BYTES:
        return f"tệp có {len(digits)} chữ số, phải có đúng {2 * KEY_BYTES}"
    return None


def key_file(root: Root) -> KeyFile:
    """The file of the root's key: `var/key`, made at the first run."""
    return KeyFile(root.state / "key", _REMEDY, root.copies / "key")


def read_key(root: Root) -> Key:
    """The root's key.

    Raises:
        BadKeyError: `var/key` does not hold a key.
    """
    return key_file(root).read()


def rotate_key(root: Root) -> None:
    """Replace the key. The old key is destroyed, so nobody can compute the old tokens again."""
    key_file(root).replace()


def protect(frame: pl.DataFrame, dataset: Dataset, key: Key) -> pl.DataFrame:
    """The columns of a dataset as they are published: unchanged, masked, as tokens, as years, or left out."""
    columns: list[pl.Series] = []
    for column in dataset.columns:
        values = frame[column.name]
        match protection(column):
            case "nguyen":
                columns.append(values)
            case "che":
                said = mask_numbers(pl.lit(values))
                told = said.str.replace_all(PERSON, "***") if column.name in FREE_TEXT else said
                columns.append(pl.select(told.alias(column.name)).to_series())
            case "ma_hoa":
                columns.append(_replace_by_tokens(values, column, key))
            case "nam":
                columns.append(values.dt.year())
            case "bo":
                continue
    return pl.DataFrame(columns)


def _replace_by_tokens(values: pl.Series, column: Column, key: Key) -> pl.Series:
    own, of_persons = token_domains(column)
    if own == of_persons:
        return key.tokens(own, values)
    is_person = values.str.contains(PERSONAL_TAX_CODE)
    return key.tokens(own, values).zip_with(~is_person, key.tokens(of_persons, values))


def mask(value: pl.Expr, *, personal: pl.Expr, of_people: pl.Expr | None = None) -> pl.Expr:
    """What a page may show of a typed value: `038*******45`, `N***`; all of it if nothing is personal.

    A number as long as a personal number is masked in any column. What looks like a person's name is
    masked in datasets about people (`of_people`).
    """
    length = value.str.len_chars()
    number = value.str.contains(LONG_NUMBER)
    named = value.str.contains(PERSON) & (pl.lit(value=False) if of_people is None else of_people)
    stars = pl.lit("*").repeat_by(length.clip(5, None) - 5).list.join("")
    digits = pl.concat_str(value.str.slice(0, 3), stars, value.str.slice(-2))
    return (
        pl.when(number)
        .then(pl.when(value.str.contains(r"^[\d\s.'\-+()]*$")).then(digits).otherwise(_first(value)))
        .when(personal | named)
        .then(_first(value))
        .otherwise(value)
    )


def _first(value: pl.Expr) -> pl.Expr:
    return pl.concat_str(value.str.slice(0, 1), pl.lit("***"))


def mask_text(text: pl.Expr) -> pl.Expr:
    """Mask personal numbers and names in a sentence, which may quote a heading or a sheet name."""
    return text.str.replace_all(LONG_NUMBER, "***").str.replace_all(PERSON, "***")


def mask_numbers(text: pl.Expr) -> pl.Expr:
    """Mask personal numbers and phones in a file name, a sheet name or a text about things."""
    # Twice: of two numbers with one character between them, the first match consumes that character.
    for _ in range(2):
        text = text.str.replace_all(NUMBER_ALONE, "${1}***${2}")
    return text
