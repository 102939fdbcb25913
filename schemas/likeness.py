"""Finds records that may be the same person: equal birth date and place, similar name, different number.

Names are similar if they differ only in case, in the position of a tone mark (Thúy, Thuý) or in y for i (Lý,
Lí). Names where one has d for đ, or no marks at all (Bui Van Nam), are similar only if the sex is equal.
Rows are compared by hashed keys, not in pairs, so the cost is linear.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

# Moving the tone mark behind the vowels makes "hoà" and "hòa" equal.
_TONE = "([\u0300\u0301\u0303\u0309\u0323])([aeiouy\u0302\u0306\u031b]+)"
_MARKS = "[\u0300-\u036f]"
# Columns that must be equal for two rows to be compared.
_BLOCK = ("_part", "birth", "place")
# About this many rows are compared at once, to bound the memory.
_BATCH = 500_000

_Y_FOR_I = r"([bcdđghklmnprstvx]|qu)y"


def alike(number: str, *, name: str, birth: str, place: str, sex: str) -> pl.Expr:
    """Whether the submission has a similar person with another `number`; null if the row lacks data."""
    return _over((number, name, birth, place, sex), _find_alike, pl.Boolean, "_part")


def other_alike(number: str, *, name: str, birth: str, place: str, sex: str) -> pl.Expr:
    """Over rows that are `alike` another: a Vietnamese sentence with that one's row and masked number."""
    return _over((number, name, birth, place, sex), _describe_other, pl.String, "_part", "_row")


def _over(
    columns: tuple[str, ...],
    work: Callable[[pl.DataFrame], pl.Series],
    dtype: type[pl.DataType],
    *context: str,
) -> pl.Expr:
    names = ("number", "name", "birth", "place", "sex")
    fields = (pl.col(column).alias(field) for column, field in zip(columns, names, strict=True))
    rows = pl.struct(*context, *fields)
    return rows.map_batches(lambda frame: work(frame.struct.unnest()), return_dtype=dtype)


def _find_alike(rows: pl.DataFrame) -> pl.Series:
    complete = rows.select(pl.all_horizontal(pl.col("name", "birth", "place").is_not_null())).to_series()
    keys = rows.select(pl.struct(*_BLOCK).hash()).to_series()
    near = (keys.is_duplicated() & complete).arg_true().alias("at")
    # Rows with equal keys get into the same batch.
    batch = keys.gather(near) % (near.len() // _BATCH + 1)
    batches = near.to_frame().with_columns(batch=batch).partition_by("batch", include_key=False)
    answers = pl.repeat(False, rows.height, eager=True, dtype=pl.Boolean)
    if not complete.all():
        answers = answers.set(~complete, None)
    for each in batches:
        similar = _find_similar(rows[each["at"]].hstack(each))
        answers = answers.scatter(similar, True) if similar.len() else answers
    return answers


def _find_similar(near: pl.DataFrame) -> pl.Series:
    """`at` of the rows that are similar to another one."""
    # Similar names are equal without marks. This cheap test leaves few rows for the exact one.
    bare = near.select(pl.struct(*_BLOCK, _bare(near["name"])).hash()).to_series()
    keyed = _add_keys(near.filter(bare.is_duplicated()))
    other = pl.col("number").n_unique()
    known_sex = pl.col("sex").is_not_null()
    unmarked = pl.col("_bare").any().over(*_BLOCK, "sex", "_tran")
    return keyed.filter(
        (other.over(*_BLOCK, "_viet") > 1)
        | (known_sex & (other.over(*_BLOCK, "sex", "_d") > 1))
        | (known_sex & unmarked & (other.over(*_BLOCK, "sex", "_tran") > 1))
    )["at"]


def _bare(names: pl.Series) -> pl.Series:
    """Each name without any marks, computed once per different name."""
    different = names.unique().to_frame().with_columns(_tran=_remove_marks(_decompose_name()))
    return names.to_frame().join(different, on="name", how="left", maintain_order="left")["_tran"]


def _decompose_name() -> pl.Expr:
    """The name in lower case without spaces, decomposed: each mark is a character after its letter."""
    return pl.col("name").str.to_lowercase().str.normalize("NFD").str.replace_all(r"\s+", "")


def _remove_marks(spelled: pl.Expr) -> pl.Expr:
    plain = spelled.str.replace_all(_MARKS, "").str.replace_all("đ", "d", literal=True)
    return plain.str.replace_all("y", "i", literal=True)


def _add_keys(rows: pl.DataFrame) -> pl.DataFrame:
    """Add the keys that are equal for similar names, and whether a name has no marks."""
    viet = _decompose_name().str.replace_all(_TONE, "${2}${1}").str.replace_all(_Y_FOR_I, "${1}i")
    return rows.with_columns(_viet=viet).with_columns(
        _d=pl.col("_viet").str.replace_all("đ", "d"),
        _tran=_remove_marks(pl.col("_viet")),
        _bare=~pl.col("_viet").str.contains(f"{_MARKS}|đ"),
    )


def _describe_other(rows: pl.DataFrame) -> pl.Series:
    keyed = _add_keys(rows).with_row_index("at")
    same_sex = pl.col("sex") == pl.col("sex_kia")
    marked = (pl.col("_tran") == pl.col("_tran_kia")) & (pl.col("_bare") | pl.col("_bare_kia"))
    like = (pl.col("_viet") == pl.col("_viet_kia")) | (
        same_sex & ((pl.col("_d") == pl.col("_d_kia")) | marked)
    )
    others = (
        keyed.join(keyed, on=["_part", "birth", "place"], suffix="_kia")
        .filter(pl.col("number").ne_missing(pl.col("number_kia")), like)
        .sort("at", "_row_kia")
        .unique("at", keep="first", maintain_order=True)
    )
    number = pl.col("number_kia")
    masked = pl.format(
        "Dòng kia là dòng {}, số “{}*******{}”.", "_row_kia", number.str.head(3), number.str.tail(2)
    )
    sentences = others.select(
        "at", sentence=pl.coalesce(masked, pl.format("Dòng kia là dòng {}.", "_row_kia"))
    )
    return keyed.select("at").join(sentences, on="at", how="left", maintain_order="left")["sentence"]
