"""Reads words and marks of yes-or-no columns that only their other cells and their heading explain."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import polars as pl

from flows.clean.reading import Reading
from flows.clean.text import fold_one, tidy
from schemas.contract import Column
from schemas.kinds.words import HAND_TICKS, TICKS

# Words that say yes or no alone, or before those of the heading: "Đã ký", "Chưa ký".
_SAYS_YES, _SAYS_NO = ("có", "đã", "rồi", "được"), ("không", "chưa", "ko")
# Without a cell that is blank, "Không có" beside "Có" says no.
_NOTHING = ("không có", "chưa có")
_LETTERS = {"y": True, "n": False}
# How papers are classified below "Hồ sơ mật".
_OF_PAPERS = "mật"
_GRADES = {"mật": True, "tối mật": True, "tuyệt mật": True, "thường": False, "bình thường": False}
# A column with more different texts is no column of yes and no.
_MOST = 30


def settle_words(typed: pl.Series, reading: Reading, tables: pl.Series, column: Column) -> Reading:
    """The reading of a yes-or-no column with such words read; each table is decided by itself.

    A mark such as `v` is a tick if all other cells are blank or ticks. `Chưa` is no, and so is a no before
    words of the heading ("Chưa ký"). `Y` and `N` explain each other.
    """
    if reading.answers is None:
        return reading
    texts = tidy(pl.col("typed")).str.to_lowercase().str.normalize("NFC").str.strip_suffix(".")
    cells = pl.DataFrame({"table": tables, "typed": typed, "unread": reading.unread})
    cells = cells.with_columns(open=(pl.col("unread") == "khong_doc_duoc").fill_null(value=False))
    doubtful = reading.answers.filter(pl.col("unread").is_in(["khong_doc_duoc", "thieu"]))["table"].unique()
    if doubtful.is_empty():
        return reading
    of_some = cells.filter(pl.col("table").is_in(doubtful.implode()))
    said = pl.concat(
        [_settle_table(one.with_columns(text=texts), column) for one in of_some.partition_by("table")]
    )
    return _set(reading, said) if said.height else reading


def _settle_table(cells: pl.DataFrame, column: Column) -> pl.DataFrame:
    """The spellings of one table that are explained (`table`, `typed`), and what they say (`said`)."""
    spellings = cells.filter(pl.col("typed").is_not_null()).unique("typed", maintain_order=True)
    said: dict[str, bool] = {}
    # A cell that stands alone is no column.
    if cells.height > 1 and spellings.height <= _MOST:
        is_blank, says_nothing = pl.col("unread").eq_missing("thieu"), pl.col("text").is_in(_NOTHING)
        nothing = {*spellings.filter(is_blank & says_nothing)["text"]}
        read = {*spellings.filter(pl.col("unread").is_null())["text"]}
        unread = {*spellings.filter("open")["text"]}
        blank = cells.filter(is_blank & ~says_nothing.fill_null(value=False)).height
        if not blank and read <= {"có"} and (read or unread):
            said |= dict.fromkeys(nothing, False)
        said |= _explain(unread, read, column) if unread else {}
    meaning = pl.col("text").replace_strict(said, default=None, return_dtype=pl.Boolean)
    return spellings.select("table", "typed", said=meaning).drop_nulls()


def _explain(texts: set[str], others: set[str], column: Column) -> dict[str, bool]:
    """What each of `texts` says, if the `others` of its column and its heading explain it."""
    if texts <= {*HAND_TICKS} and len(texts) == 1 and others <= {*TICKS}:
        return dict.fromkeys(texts, True)
    if texts == {*_LETTERS} and not others:
        return dict(_LETTERS)
    heading = {fold_one(word) for label in (column.label, *column.also) for word in label.split()}
    said = {text: _read_words(text, heading) for text in texts}
    return {text: meaning for text, meaning in said.items() if meaning is not None}


def _read_words(text: str, heading: Collection[str]) -> bool | None:
    """The meaning of words of the heading after one that says yes or no; None if they are others."""
    if fold_one(_OF_PAPERS) in heading and text in _GRADES:
        return _GRADES[text]
    first, *rest = text.split() or [""]
    rest = rest[1:] if rest[:1] and rest[0] in _SAYS_YES else rest
    if first not in (*_SAYS_YES, *_SAYS_NO) or not {fold_one(word) for word in rest} <= {*heading}:
        return None
    return first in _SAYS_YES


def _set(reading: Reading, said: pl.DataFrame) -> Reading:
    """`reading` with the spellings `said`, noted as changes."""
    assert reading.answers is not None
    answers = reading.answers.join(said, on=["table", "typed"], how="left", maintain_order="left")
    is_said = pl.col("said").is_not_null() & pl.col("unread").is_not_null()
    answers = answers.with_columns(
        value=pl.when(is_said).then("said").otherwise("value"),
        unread=pl.when(~is_said).then("unread"),
        change=pl.when(is_said).then(pl.lit("co_khong")).otherwise("change"),
    ).drop("said")
    at = answers["at"]
    value, unread = reading.value.clone(), reading.unread.clone()
    return replace(
        reading,
        value=value.scatter(at, answers["value"]),
        unread=unread.scatter(at, answers["unread"]),
        answers=answers,
    )
