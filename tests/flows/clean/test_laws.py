"""What holds of every kind of column, whatever is typed."""

import unicodedata
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.clean import CHANGES
from flows.clean.text import fold, fold_one
from schemas.contract import Column
from schemas.kinds import CO_KHONG, KINDS, LUA_CHON, MA, NGAY_SINH, THON, Kind
from tests.flows.clean.one_column import NUMBER, TEXT, Answer, Cell, answers, cleaned, read

FRAGMENTS = (
    *"0123456789",
    *".,-–/ '%()+:;",
    *(
        "038085012345",
        "38085012345",
        "0912345678",
        "01662345678",
        "0100109106",
        "1.234",
        "12,5",
        "2.5",
        "1985",
    ),
    *("05/06/1990", "5-6-1990", "31/02/1990", "06/1990", "ngày 5 tháng 6 năm 1990", "31118", "2026"),
    *(
        "x",
        "X",
        "✓",
        "có",
        "Không",
        "không có",
        "n/a",
        "#REF!",
        "=A1",
        "đ",
        "triệu",
        "%",
        "E+10",
        "h",
        "H00012",
    ),
    *(
        "Nam",
        "nữ",
        "hoà",
        "Hòa",
        "Thôn",
        "Thanh Sơn",
        "Tân Lập",
        "(Mỹ Tân)",
        "xã",
        "T34",
        "Bùi",
        "Thuý",
        "Mẫu",
    ),
    *("\u00a0", "\u200b", "\n", "\t", "\ufeff", "\u0301", "\u00ad", "’"),
)
texts = st.lists(st.sampled_from(FRAGMENTS), max_size=4).map("".join) | st.text(max_size=12)
columns_of_text = st.lists(st.none() | texts, min_size=1, max_size=12)

#: Flaws of cells whose value is kept.
DOUBTS = ("hai_so", "chi_co_so", "chu_la", "mo_ho", "thang_truoc")

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
tried = settings(max_examples=8, deadline=None, derandomize=True)


def column(kind: Kind) -> Column:
    of = ("Nam", "Nữ", "Hòa", "Không có") if kind is LUA_CHON else ()
    return Column("cot", "Cột", kind, of=of, pattern=r"H\d{5}" if kind is MA else None)


@every_kind
@tried
@given(typed=columns_of_text)
def test_nothing_is_dropped_or_retouched(kind: Kind, typed: list[str | None]) -> None:
    frame = cleaned((column(kind), typed)).frame
    assert frame["_row"].to_list() == list(range(5, 5 + len(typed)))
    assert frame["cot.typed"].to_list() == typed


@every_kind
@tried
@given(typed=columns_of_text)
def test_a_cell_has_a_value_or_a_flaw(kind: Kind, typed: list[str | None]) -> None:
    for value, flaw, change in read(column(kind), *typed):
        assert (value is None) == (flaw is not None) or flaw in DOUBTS
        assert change is None or (value is not None and change in CHANGES)


@every_kind
@tried
@given(typed=columns_of_text)
def test_the_log_is_the_difference_between_typed_and_kept_text(kind: Kind, typed: list[str | None]) -> None:
    if kind.dtype != pl.String or kind is THON:
        return
    result = cleaned((column(kind), typed))
    rewritten = result.frame.filter(pl.col("cot") != pl.col("cot.typed"))
    assert (
        rewritten.select("_row", "cot.typed", "cot").rows()
        == result.changes.select("row", "before", "after").rows()
    )


@every_kind
@tried
@given(typed=columns_of_text)
def test_unicode_form_does_not_matter(kind: Kind, typed: list[str | None]) -> None:
    forms = [[text and unicodedata.normalize(form, text) for text in typed] for form in ("NFC", "NFD")]
    composed, decomposed = (read(column(kind), *form) for form in forms)
    assert [answer[:2] for answer in composed] == [answer[:2] for answer in decomposed]


@every_kind
@tried
@given(typed=columns_of_text, around=st.sampled_from([" ", "  ", "\u00a0", "\n", "\u200b", " \ufeff"]))
def test_spaces_around_and_doubled_do_not_matter(kind: Kind, typed: list[str | None], around: str) -> None:
    spaced = [text if text is None else around + text.replace(" ", "  ") + around for text in typed]
    assert [answer[:2] for answer in read(column(kind), *typed)] == [
        answer[:2] for answer in read(column(kind), *spaced)
    ]


@every_kind
@tried
@given(typed=columns_of_text)
def test_what_was_read_is_read_again_as_the_same(kind: Kind, typed: list[str | None]) -> None:
    result = cleaned((column(kind), typed))
    exact = result.frame["cot.do_chinh_xac"] if kind is NGAY_SINH else [None] * len(typed)
    first = answers(result, "cot")
    canonical = [_as_typed(value, kind, known) for (value, _, _), known in zip(first, exact, strict=True)]
    again: list[Answer] = [(value, None, None) for value, _, _ in first if value is not None]
    assert read(column(kind), *(cell for cell in canonical if cell is not None)) == again


def _as_typed(value: object, kind: Kind, known: str | None) -> Cell:
    """A value the way that needs no repair."""
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, date):
        form = {"thang": f"{value:%m}/{value.year:04}", "nam": f"{value.year:04}"}
        return form.get(known or "", f"{value:%d/%m}/{value.year:04}")
    if isinstance(value, float):
        return f"{value:f}" if value.is_integer() else repr(value), NUMBER
    return None if value is None else (str(value), TEXT)


@tried
@given(text=texts)
def test_both_ways_of_folding_agree(text: str) -> None:
    assert pl.select(fold(pl.lit(text))).item() == fold_one(text)
    assert fold_one(text.replace(" ", "")) == fold_one(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà", "hòa"),
        ("Thuý", "thúy"),
        ("QUÝ", "Qúy"),
        ("khoẻ mạnh", "Khỏe Mạnh"),
        ("xoè", "xòe"),
        ("uỷ", "ủy"),
    ],
)
def test_the_tones_place_does_not_matter(one: str, other: str) -> None:
    assert fold_one(one) == fold_one(other)


@pytest.mark.parametrize(("one", "other"), [("Mống", "Móng"), ("Sơn", "Son"), ("hoa", "hòa"), ("Đao", "Dao")])
def test_other_letters_do_matter(one: str, other: str) -> None:
    assert fold_one(one) != fold_one(other)


@tried
@given(typed=columns_of_text)
def test_a_tick_changes_blank_cells_only(typed: list[str | None]) -> None:
    alone = [read(column(CO_KHONG), text)[0] for text in typed]
    together = read(column(CO_KHONG), *typed, "x")
    for one, in_column in zip(alone, together, strict=False):
        assert in_column == ((False, None, None) if one[1] == "thieu" else one)
