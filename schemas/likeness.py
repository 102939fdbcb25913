"""Whether two records may be one person: the same birth and place, the name spelled alike.

Alike are names that differ in case, in where a tone mark stands (Thúy, Thuý) or in y for i (Lý, Lí). That one
has d for đ, or no marks at all (Bui Van Nam), counts where the sex agrees too. Only rows that share birth and
place are looked at, and those by key: the cost is linear.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

# Moving the tone to its vowels' end makes "hoà" and "hòa" equal.
_TONE = "([\u0300\u0301\u0303\u0309\u0323])([aeiouy\u0302\u0306\u031b]+)"
_MARKS = "[\u0300-\u036f]"
# What like persons share.
_BLOCK = ("_part", "birth", "place")
# About how many rows are looked at together.
_HEAP = 500_000

_Y_FOR_I = r"([bcdđghklmnprstvx]|qu)y"


def alike(number: str, *, name: str, birth: str, place: str, sex: str) -> pl.Expr:
    """Whether the hand-in has a like person under another `number`; null where the row says too little."""
    return _over((number, name, birth, place, sex), _suspects, pl.Boolean, "_part")


def other_alike(number: str, *, name: str, birth: str, place: str, sex: str) -> pl.Expr:
    """Over the rows that are `alike` another: a sentence that names it, by its row and masked number."""
    return _over((number, name, birth, place, sex), _named, pl.String, "_part", "_row")


def _over(
    columns: tuple[str, ...],
    work: Callable[[pl.DataFrame], pl.Series],
    dtype: type[pl.DataType],
    *context: str,
) -> pl.Expr:
    names = ("number", "name", "birth", "place", "sex")
    fields = (pl.col(column).alias(field) for column, field in zip(columns, names, strict=True))
    rows = pl.struct(*context, *fields)
    return rows.map_batches(lambda said: work(said.struct.unnest()), return_dtype=dtype)


def _suspects(rows: pl.DataFrame) -> pl.Series:
    complete = rows.select(pl.all_horizontal(pl.col("name", "birth", "place").is_not_null())).to_series()
    keys = rows.select(pl.struct(*_BLOCK).hash()).to_series()
    near = (keys.is_duplicated() & complete).arg_true().alias("at")
    # Rows of one birth and place are in one heap; none is so large that it takes much memory.
    heap = keys.gather(near) % (near.len() // _HEAP + 1)
    heaps = near.to_frame().with_columns(heap=heap).partition_by("heap", include_key=False)
    answers = pl.repeat(False, rows.height, eager=True, dtype=pl.Boolean)
    if not complete.all():
        answers = answers.set(~complete, None)
    for each in heaps:
        found = _like(rows[each["at"]].hstack(each))
        answers = answers.scatter(found, True) if found.len() else answers
    return answers


def _like(near: pl.DataFrame) -> pl.Series:
    """`at` of the rows that are like another."""
    # Names that are alike are equal without any mark: the few that are get looked at closely.
    bare = near.select(pl.struct(*_BLOCK, _bare(near["name"])).hash()).to_series()
    keyed = _keyed(near.filter(bare.is_duplicated()))
    other = pl.col("number").n_unique()
    known_sex = pl.col("sex").is_not_null()
    unmarked = pl.col("_bare").any().over(*_BLOCK, "sex", "_tran")
    return keyed.filter(
        (other.over(*_BLOCK, "_viet") > 1)
        | (known_sex & (other.over(*_BLOCK, "sex", "_d") > 1))
        | (known_sex & unmarked & (other.over(*_BLOCK, "sex", "_tran") > 1))
    )["at"]


def _bare(names: pl.Series) -> pl.Series:
    """Each name without any mark, worked out once a different name."""
    different = names.unique().to_frame().with_columns(_tran=_unmarked(_spelled()))
    return names.to_frame().join(different, on="name", how="left", maintain_order="left")["_tran"]


def _spelled() -> pl.Expr:
    """The name's letters, each mark on its own behind its letter."""
    return pl.col("name").str.to_lowercase().str.normalize("NFD").str.replace_all(r"\s+", "")


def _unmarked(spelled: pl.Expr) -> pl.Expr:
    plain = spelled.str.replace_all(_MARKS, "").str.replace_all("đ", "d", literal=True)
    return plain.str.replace_all("y", "i", literal=True)


def _keyed(rows: pl.DataFrame) -> pl.DataFrame:
    """The keys under which like names are equal, and whether a name has no mark at all."""
    viet = _spelled().str.replace_all(_TONE, "${2}${1}").str.replace_all(_Y_FOR_I, "${1}i")
    return rows.with_columns(_viet=viet).with_columns(
        _d=pl.col("_viet").str.replace_all("đ", "d"),
        _tran=_unmarked(pl.col("_viet")),
        _bare=~pl.col("_viet").str.contains(f"{_MARKS}|đ"),
    )


def _named(rows: pl.DataFrame) -> pl.Series:
    keyed = _keyed(rows).with_row_index("at")
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
    said = others.select("at", said=pl.coalesce(masked, pl.format("Dòng kia là dòng {}.", "_row_kia")))
    return keyed.select("at").join(said, on="at", how="left", maintain_order="left")["said"]
