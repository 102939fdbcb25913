"""Compares headings with those of the contracts, ignoring case, tone placement, spaces and abbreviations."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from typing import TypeAlias

from flows.read.units_of_measure import is_counted, parse_unit
from schemas.contract import Column, Dataset

#: The combining marks that are tones; the other marks (circumflex, breve, horn) belong to the letter.
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
#: The mark of a footnote at a word of a heading.
_FOOTNOTE = re.compile(r"(?<=[^\s\d]) ?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}(?!\w)")
_PARENTHESES = re.compile(r"\(([^()]*)\)")

_ABBREVIATIONS: Mapping[str, str] = {
    "qh": "quan hệ",
    "sđt": "số điện thoại",
    "đt": "điện thoại",
    "cccd": "căn cước công dân",
    "đdcn": "định danh cá nhân",
    "gt": "giới tính",
    "mst": "mã số thuế",
    "dn": "doanh nghiệp",
    "hkd": "hộ kinh doanh",
    "xl": "xử lý",
    "sl": "số lượng",
    "ttkdtm": "thanh toán không dùng tiền mặt",
    "kdtm": "không dùng tiền mặt",
    "dvc": "dịch vụ công",
    "dvctt": "dịch vụ công trực tuyến",
    "tthc": "thủ tục hành chính",
    "tslcd": "truyền số liệu chuyên dùng",
}
_NOTES = (
    "nam/nữ, nếu có, bắt buộc, nếu biết, dd mm yyyy, ngày tháng năm, ngày/tháng/năm, đánh dấu x, đánh x, x,"
    "có/không"
)
_MAX_CACHED = 100_000
NUMBER_HEADINGS = ("STT", "TT", "Số TT", "Số thứ tự", "Thứ tự", "No", "So TT", "So thu tu", "Thu tu")
REMARK_HEADINGS = (
    *("Ghi chú", "Chú thích", "Ghi chú khác", "Ký tên", "Ký nhận"),
    *("Ghi chu", "Chu thich", "Ky ten", "Ky nhan"),
)
# A group of columns about somebody or some time else than the record's own.
_ABOUT_OTHERS = (
    *("cha", "bố", "mẹ", "vợ", "chồng", "con", "chủ hộ", "giám hộ", "người thân", "đại diện", "người nộp"),
    *("kỳ trước", "kì trước", "năm trước", "tháng trước", "quý trước", "cùng kỳ", "kế hoạch", "lũy kế"),
    *("dự kiến", "ước", "chỉ tiêu"),
)
# The lower heading of a group that says nothing without it.
_SAYS_NOTHING_ALONE = ("tổng", "tổng số", "tổng cộng", "ngày", "tên", "số", "loại", "khác", "đạt")


@lru_cache(maxsize=65536)
def key_of(text: str) -> str:
    """A key of a heading: its words in lower case, each tone at the end of its word, abbreviations spelt out.

    Headings with equal keys are equal: `HOÀ`, `Hòa` and their decomposed forms have the same key.
    """
    plain = unicodedata.normalize("NFD", text.replace("\u00d0", "Đ").replace("\u00f0", "đ")).lower()
    words = _WORD.findall(_FOOTNOTE.sub("", plain))
    if len(words) > 1 and all(len(word) == 1 for word in words):
        # Letters with a space or line break between them, as in a narrow column: `S T T`, `T.C`.
        words = ["".join(words)]
    return " ".join(map(_key_word, words))


def _key_word(word: str) -> str:
    letters = "".join(c for c in word if c not in _TONES)
    keyed = letters + "".join(sorted(c for c in word if c in _TONES))
    return _abbreviation_keys().get(keyed, keyed)


@lru_cache(maxsize=1)
def _abbreviation_keys() -> Mapping[str, str]:
    def bare(text: str) -> str:
        words = unicodedata.normalize("NFD", text).split()
        return " ".join(
            "".join(c for c in w if c not in _TONES) + "".join(sorted(c for c in w if c in _TONES))
            for w in words
        )

    return {bare(short): bare(long) for short, long in _ABBREVIATIONS.items()}


@lru_cache(maxsize=1)
def _note_keys() -> frozenset[str]:
    return frozenset(key_of(note) for note in _NOTES.split(","))


def tidy(text: str) -> str:
    """`text` in NFC, on one line, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


@lru_cache(maxsize=65536)
def split_unit(text: str) -> tuple[str, str | None]:
    """Split a heading into the text without units and notes in parentheses, and the unit (None if none)."""
    unit: str | None = None
    if len(alone := tidy(text)) > 1 and parse_unit(alone):
        return "", alone.strip("()[] ")

    def judge(found: re.Match[str]) -> str:
        nonlocal unit
        inside = re.sub(r"(?i)^\s*(?:đvt|đơn vị(?: tính)?)\s*:?\s*", "", tidy(found[1]))
        inner = key_of(inside) or inside
        if parse_unit(inside) or is_counted(inside):
            unit = inside
            return " "
        return " " if inner in _note_keys() or not re.search(r"[^\W\d_]", inner) else found[0]

    return _PARENTHESES.sub(judge, text), unit


def strip_parentheses(text: str) -> tuple[str, str | None]:
    """Split a heading into the text without parentheses, and the content of the last ones (None if none)."""
    inside = [tidy(found) for found in _PARENTHESES.findall(text)]
    return _PARENTHESES.sub(" ", text), inside[-1] if inside else None


#: The levels of the heading of a column, from top to bottom, without repetitions.
Heading: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """The heading of one column: its letter and its levels."""

    letter: str
    levels: Heading

    @property
    def label(self) -> str:
        """The levels joined as in the contracts: `Chủ hộ > Họ tên`."""
        return " > ".join(tidy(level) for level in self.levels)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the whole heading, then without the top level, and so on."""
        return _keys(self.levels)

    @property
    def unit(self) -> str | None:
        """The unit of measure of the lowest level that states one; None if none does."""
        stated = (split_unit(level)[1] for level in reversed(self.levels))
        return next(filter(None, stated), None)


@lru_cache(maxsize=4096)
def _keys(levels: Heading) -> tuple[str, ...]:
    words = [key_of(split_unit(level)[0]) for level in levels]
    return tuple(" ".join(filter(None, words[start:])) for start in range(len(words)))


@lru_cache(maxsize=4)
def _build_vocabulary(datasets: _ById) -> Vocabulary:
    return Vocabulary(datasets.value)


def vocabulary_of(datasets: Mapping[str, Dataset]) -> Vocabulary:
    """The vocabulary of `datasets`; cached, because building it for each file would be slow."""
    return _build_vocabulary(_ById(datasets))


class _ById:
    """Makes a mapping of datasets hashable, by the identity of its values, as a key for the cache."""

    def __init__(self, value: Mapping[str, Dataset]) -> None:
        self.value = value
        self.parts = tuple(map(id, value.values()))

    def __hash__(self) -> int:
        return hash(self.parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ById) and other.parts == self.parts


class Vocabulary:
    """The headings of all contracts, by key; `bare` compares them without accents."""

    def __init__(self, datasets: Mapping[str, Dataset], *, bare: bool = False) -> None:
        self.datasets = datasets
        self.bare = bare
        #: The contracts that allow periods side by side.
        self.wide = tuple(dataset for dataset in datasets.values() if dataset.wide)
        self._known: dict[str, bool] = {}

    @cached_property
    def unaccented(self) -> Vocabulary:
        """The same headings typed without accents."""
        return Vocabulary(self.datasets, bare=True)

    def suited_to(self, headings: Iterable[Heading]) -> Vocabulary:
        """The vocabulary for the headings of one table: `unaccented` if none of them has any accent.

        A single heading without accents among others is not taken for what it would be with them.
        """
        plain = all(level.isascii() for heading in headings for level in heading)
        return self.unaccented if plain else self

    def key(self, words: str) -> str:
        """The key by which this vocabulary finds `words`, a key of `key_of`."""
        return bare_key(words) if self.bare else words

    def knows(self, text: str) -> bool:
        """Whether `text` is a heading of some contract, or a level of one, with accents or all without."""
        known = self._known.get(text)
        if known is None:
            words = key_of(split_unit(text)[0]) if len(text) < 200 else ""
            known = words in self.parts or (text.isascii() and bare_key(words) in self._bare_parts)
            if len(self._known) < _MAX_CACHED:
                self._known[text] = known
        return known

    @cached_property
    def whole(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """The (dataset, column) pairs of each full heading, by key; of usual headings too."""
        return self._collect(lambda label: self.key(words_of(label)), list_headings, usual=True)

    @cached_property
    def without_parentheses(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """Like `whole` without parentheses, for columns with a unit; it matches unknown units."""
        return self._collect(
            lambda label: self.key(
                " ".join(key_of(strip_parentheses(part)[0]) for part in label.split(" > "))
            ),
            lambda column: list_headings(column) if has_unit(column) else (),
        )

    @cached_property
    def without_group(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """The pairs of each lower heading that says enough without its group: `Phủ sóng > 4G`."""
        vague = set(map(key_of, _SAYS_NOTHING_ALONE))
        lower = self._collect(
            lambda label: self.key(words_of(label.rpartition(" > ")[2])),
            lambda column: [label for label in list_headings(column) if " > " in label],
        )
        return {
            words: pairs for words, pairs in lower.items() if words not in vague | set(map(bare_key, vague))
        }

    def _collect(
        self,
        key: Callable[[str], str],
        labels: Callable[[Column], Iterable[str]],
        *,
        usual: bool = False,
    ) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """The (dataset, column) pairs by the key of a label; without those that two columns share."""
        found: dict[str, list[tuple[str, str]]] = {}
        for dataset in self.datasets.values():
            own: dict[str, set[str]] = {}
            for column in dataset.columns:
                for label in labels(column):
                    own.setdefault(key(label), set()).add(column.name)
            if usual:
                for label, name in list_usual_headings(dataset):
                    own.setdefault(key(label), {name})
            for words, names in own.items():
                if len(names) == 1:
                    found.setdefault(words, []).append((dataset.name, next(iter(names))))
        return {words: tuple(pairs) for words, pairs in found.items()}

    @cached_property
    def parts(self) -> frozenset[str]:
        """The keys of all levels of all headings, and of the headings of number columns."""
        levels = chain.from_iterable((*label.split(" > "), label) for label in self._labels())
        return frozenset(key_of(split_unit(level)[0]) for level in chain(levels, NUMBER_HEADINGS))

    @cached_property
    def _bare_parts(self) -> frozenset[str]:
        return frozenset(map(bare_key, self.parts))

    def _labels(self) -> Iterator[str]:
        for dataset in self.datasets.values():
            yield from chain.from_iterable(map(list_headings, dataset.columns))
            yield from (label for label, _ in list_usual_headings(dataset))

    @cached_property
    def spellings(self) -> frozenset[str]:
        """The levels of all headings, as written and in other cases, for a quick search in many cells."""
        levels = {tidy(part) for label in self._labels() for part in label.split(" > ")}
        return frozenset(
            form for level in levels for form in (level, level.lower(), level.upper(), level.title())
        )


@lru_cache(maxsize=4096)
def strip_marks(keyed: str) -> str:
    """A key without tones and other marks, as of a text typed without accents."""
    return "".join(c for c in keyed if not unicodedata.combining(c)).replace("đ", "d")


@lru_cache(maxsize=1)
def number_keys() -> frozenset[str]:
    """The keys of headings of columns that only number the rows."""
    return frozenset(map(key_of, NUMBER_HEADINGS))


@lru_cache(maxsize=1)
def remark_keys() -> frozenset[str]:
    """The keys of headings of remarks and signatures, which may be in a table without a warning."""
    return frozenset(map(key_of, REMARK_HEADINGS))


def list_headings(column: Column) -> tuple[str, ...]:
    """The headings that the contract accepts for `column`, and those accepted for its unit."""
    return (column.label, *column.also, *column.accepted)


def list_usual_headings(dataset: Dataset) -> Iterator[tuple[str, str]]:
    """Usual headings of kinds, each with the only column that the contract names by one of them."""
    for kind in {
        column.kind.name: column.kind for column in dataset.columns if column.kind.headings
    }.values():
        known = set(map(words_of, kind.headings))
        named = [
            column.name
            for column in dataset.columns
            if column.kind is kind and known & set(map(words_of, list_headings(column)))
        ]
        if len(named) == 1:
            yield from ((label, named[0]) for label in kind.headings)


def words_of(label: str) -> str:
    """The key of a whole heading, levels joined by ` > `."""
    return " ".join(filter(None, (key_of(split_unit(part)[0]) for part in label.split(" > "))))


@lru_cache(maxsize=65536)
def bare_key(words: str) -> str:
    """A key without accents; abbreviations whose accents are lost are spelt out too."""
    bare = (strip_marks(word) for word in words.split())
    return " ".join(_BARE_ABBREVIATIONS.get(word, word) for word in bare)


#: Not "đt": without its accent it may stand for many other words.
_BARE_ABBREVIATIONS = {
    "sdt": "so dien thoai",
    "ddcn": "dinh danh ca nhan",
    "dtdd": "dien thoai di dong",
}


def is_about_others(group: str) -> bool:
    """Whether a group heading is about another person or time: `Cha`, `Kỳ trước`, `Kế hoạch năm`."""
    words = f" {key_of(group)} "
    return any(f" {other} " in words for other in map(key_of, _ABOUT_OTHERS))


def scales_counts(unit: str) -> bool:
    """Whether things are not counted one by one in a stated unit: `nghìn`, `triệu đồng`, `tấn`."""
    return not is_counted(unit)


def has_unit(column: Column) -> bool:
    """Whether the contract states a unit of measure for `column`."""
    return column.unit is not None or column.kind.name == "so_tien" or split_unit(column.label)[1] is not None
