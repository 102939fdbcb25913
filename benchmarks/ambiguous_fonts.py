"""Makes up columns of names in which some cells are in a legacy font encoding, and what each means."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from ambiguity import Ambiguity, Answer, Drawn
from flows.read.legacy_fonts import DECODERS
from flows.read.recode import to_unicode
from flows.read.sheet import plain_sheet
from flows.sample.people.names import FAMILIES, make_full_name

# The columns beside, as most forms have them: headings in Unicode.
_BESIDE = ("Họ và tên", "Chủ hộ", "Vợ")

_VNI_TONES = {"\u0300": "ø", "\u0301": "ù", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
_VNI_SHAPES = {"\u0302": "âàáåãä", "\u0306": "êèéúüë"}
_VNI_LETTERS = {"đ": "ñ", "Đ": "Ñ", "ì": "ì", "í": "í", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î"}
_HORNS = {"o": "ô", "u": "ö", "O": "Ô", "U": "Ö"}
_ORDER = [None, "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"]

#: Names of peoples whose names are not those of the majority.
_OTHERS = (
    "Giàng A Pó",
    "Sùng Thị Dợ",
    "Thào A Chá",
    "Lâu Văn Pó",
    "Hơ Thị Xúa",
    "Xồng Bá Tếnh",
    "Phàng A Páo",
    "Lò Thị Ón",
    "Lò Văn Pản",
    "Vi Thị Ín",
    "Lương Văn Pành",
    "Hà Văn Khăm",
    "Ngân Thị Xeo",
    "Quách Thị Ngoáy",
    "Bùi Văn Nhím",
    "Bàn Dào Phúng",
    "Triệu Mùi Chòi",
    "Lục Thị Sín",
    "Lộc Văn Thoán",
    "Cầm Bá Khuyên",
)


def encoded(text: str, encoding: str) -> str:
    """`text` in a legacy encoding; what it can't write stays."""
    return "".join(map(_to_vni if encoding == "VNI" else _to_tcvn3, text))


def _to_vni(letter: str) -> str:
    if letter in _VNI_LETTERS or letter.isascii():
        return _VNI_LETTERS.get(letter, letter)
    base, *signs = unicodedata.normalize("NFD", letter)
    if "\u031b" in signs:
        base, signs = _HORNS[base], [sign for sign in signs if sign != "\u031b"]
    shape = next((sign for sign in signs if sign in _VNI_SHAPES), None)
    tone = next((sign for sign in signs if sign in _VNI_TONES), None)
    mark = _VNI_SHAPES[shape][_ORDER.index(tone)] if shape else _VNI_TONES[tone] if tone else ""
    return base + (mark.upper() if base.isupper() else mark)


_TO_TCVN3: dict[str, str] = {}
for _code in range(0xA1, 0x100):
    _TO_TCVN3.setdefault(DECODERS["TCVN3"](chr(_code)), chr(_code))


def _to_tcvn3(letter: str) -> str:
    return _TO_TCVN3.get(letter, _TO_TCVN3.get(letter.lower(), letter))


@dataclass(frozen=True, slots=True)
class MixedColumn:
    """Cells of one column as typed, and what each of them means."""

    typed: list[str]
    meant: list[str]


def mixed_column(random: Random) -> MixedColumn:
    """Names in Unicode, of which any share is in one legacy encoding, perhaps in a font of capitals."""
    encoding = random.choice(["TCVN3", "VNI"])
    share = random.random() ** random.choice([1, 3])
    shown = (
        random.choice([str, str, str.upper]) if encoding == "VNI" else random.choice([str, str, str.lower])
    )
    typed, meant = [], []
    for _ in range(random.randint(4, 60)):
        name = any_name(random)
        if random.random() >= share:
            typed.append(random.choice([name, name, name.upper(), unicodedata.normalize("NFD", name)]))
        elif random.random() < 0.1:
            # A cell corrected by hand: one word is Unicode now.
            words = [encoded(shown(word), encoding) for word in name.split()]
            place = random.randrange(len(words))
            typed.append(" ".join([*words[:place], name.split()[place], *words[place + 1 :]]))
        else:
            typed.append(encoded(shown(name), encoding))
        meant.append(name)
    return MixedColumn(typed, meant)


def any_name(random: Random) -> str:
    """A name of any people of the province."""
    if random.random() < 0.1:
        return random.choice(_OTHERS)
    family = random.choice(FAMILIES[random.choice(list(FAMILIES))])
    return make_full_name(random, random.choice(["Nam", "Nữ"]), family)


def draw(random: Random) -> Drawn:
    """One cell of a column of names: its row and the column. Who knows the names can tell what it means."""
    column = mixed_column(random)
    row = random.randrange(len(column.typed))
    return Drawn((row, column.typed), (_key(column.meant[row]),), decidable=True)


def read(drawn: Sequence[Drawn]) -> Iterator[Sequence[Answer]]:
    """What the cell says after decoding, and `bang_ma` if that is told to be unsure."""
    for one in drawn:
        row, typed = one.given
        height = max(len(typed), len(_BESIDE))
        columns = [[*cells, *[None] * (height - len(cells))] for cells in (typed, _BESIDE)]
        found = to_unicode(plain_sheet("Trang", columns))
        told = "bang_ma" if (row, 0) in found.doubtful else None
        yield [(_key(str(found.sheet.row(row)[0])), told)]


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).lower()


FONTS = Ambiguity(draw, read)
