"""Finds records that are likely one record written twice, although their keys differ."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from flows.clean.text import fold
from flows.read.table import Problem, ReadTable
from schemas.contract import Column, Dataset
from schemas.kinds import HO_TEN, LUA_CHON, MA, MST, SO_LUONG, SO_THUC, SO_TIEN, VAN_BAN

_LONG, _MOST = 50_000, 50
_AMOUNTS = (SO_LUONG, SO_THUC, SO_TIEN)
_FEWEST_AMOUNTS = 2
_SHORT_FORMS: Mapping[str, str] = {
    "ch": "cửa hàng",
    "cty": "công ty",
    "tnhh": "trách nhiệm hữu hạn",
    "cp": "cổ phần",
    "dntn": "doanh nghiệp tư nhân",
    "dn": "doanh nghiệp",
    "hkd": "hộ kinh doanh",
    "htx": "hợp tác xã",
    "qt": "quầy thuốc",
    "ubnd": "ủy ban nhân dân",
    "ttyt": "trung tâm y tế",
}


def find_near_doubles(table: ReadTable, records: pl.DataFrame, dataset: Dataset) -> list[Problem]:
    """One warning `tep.nghi_trung` per record that repeats one above under a key that only looks different.

    Words of a key differ only in case, punctuation, accents that one lacks, or a usual short form, and all
    choices are equal. Records
    of different codes have equal words, choices and amounts: one is enough if they have a title of their
    own; of people, whose names are often the same, two records in a row must repeat two others. A branch has
    all amounts of its head office.

    Args:
        table: The table as read.
        records: Its records, cleaned (`Cleaned.frame`).
        dataset: The contract of the table.
    """
    if not 1 < records.height <= _LONG:
        return []
    first = dataset[dataset.key[0]]
    by_words = any(dataset[name].kind is VAN_BAN for name in dataset.key)
    found = _find_spelled(records, dataset) if by_words else {}
    if len(dataset.key) == 1 and first.kind in (MA, MST):
        found |= _find_recoded(records, dataset, first)
    if first.kind is MST:
        found |= _find_branches(records, dataset, first)
    rows = records["_row"].to_list()
    return [
        Problem(
            "tep.nghi_trung",
            "sach",
            "canh_bao",
            f"Dòng {rows[at]} như ghi lại dòng {rows[of]} ({how}), và đang được tính thêm một lần. Nếu là"
            " một thì bỏ một dòng rồi nộp lại; nếu đúng là hai thì không phải làm gì.",
            dataset=table.dataset,
            sheet=table.sheet,
            row=rows[at],
        )
        for at, (of, how) in sorted(found.items())[:_MOST]
    ]


#: The place of a record, and of the one that it repeats, with what is equal.
_Found = dict[int, tuple[int, str]]


def _spell(name: str) -> pl.Expr:
    """A key of words that differ only in case, punctuation, spaces or a usual short form."""
    words = pl.col(name).str.to_lowercase().str.replace_all(r"(\pN)[^\pL\pN]+(\pN)", "${1}_${2}")
    padded = " " + words.str.replace_all(r"[^\pL\pM\pN_]+", "  ") + " "
    spelt = padded.str.replace_many({f" {short} ": f" {long} " for short, long in _SHORT_FORMS.items()})
    return fold(spelt).alias(name)


def _strip_marks(text: pl.Expr) -> pl.Expr:
    return text.str.normalize("NFD").str.replace_all(r"\pM", "").str.replace_all("đ", "d")


def _find_spelled(records: pl.DataFrame, dataset: Dataset) -> _Found:
    """Records whose key differs from one above only in the way its words are written."""
    key = [dataset[name] for name in dataset.key]
    choices = [column.name for column in dataset.columns if column.kind is LUA_CHON]
    complete = pl.all_horizontal(pl.col(dataset.key).is_not_null())
    words = [each.name for each in key if each.kind is VAN_BAN]
    spelt = [_spell(name).alias(f"_spelt.{name}") for name in words]
    cells = records.with_row_index("_at").filter(complete)
    cells = cells.select(
        "_at",
        *(pl.col(name) for name in dict.fromkeys((*dataset.key, *choices))),
        pl.concat_str(words).alias("_written"),
        pl.concat_str(spelt).alias("_spelt"),
    )
    # Typed without accents, words are those of which only the accents differ.
    cells = cells.with_columns(
        _bare=_strip_marks(pl.col("_spelt")), _is_bare=~pl.col("_written").str.contains(r"[^\x00-\x7F]")
    )
    by = ["_bare", *(name for name in cells.columns if not name.startswith("_") and name not in words)]
    doubled = cells.filter(pl.struct(by).is_duplicated()).with_columns(
        pl.col("_at", "_written", "_spelt", "_is_bare").first().over(by).name.suffix(".first")
    )
    same = (pl.col("_spelt") == pl.col("_spelt.first")) | pl.col("_is_bare") | pl.col("_is_bare.first")
    doubled = doubled.filter(
        (pl.col("_at") != pl.col("_at.first")) & (pl.col("_written") != pl.col("_written.first")) & same
    ).select("_at", of="_at.first")
    labels = ", ".join(f"“{each.label}”" for each in key if each.kind is VAN_BAN)
    return {at: (of, f"ô {labels} chỉ khác cách viết") for at, of in doubled.iter_rows()}


def _find_recoded(records: pl.DataFrame, dataset: Dataset, code: Column) -> _Found:
    """Records that differ from one above in nothing but their code."""
    name = next((c for c in dataset.columns if c.kind in (VAN_BAN, HO_TEN) and c is not code), None)
    if name is None or 2 * records[name.name].n_unique() < records.height:
        return {}
    others = [c.name for c in dataset.columns if c is not code and c.name != name.name]
    same = records.select(
        _spell(name.name).alias("name"), hash=pl.struct(_spell(name.name).alias("name"), *others).hash()
    )
    first: dict[int, int] = {}
    of = [
        None if named is None else first.setdefault(key, at)
        for at, (named, key) in enumerate(same.iter_rows())
    ]
    again = {at: place for at, place in enumerate(of) if place is not None and place != at}
    if name.kind is HO_TEN:
        again = {at: place for at, place in again.items() if _is_in_block(at, place, again)}
    return {at: (place, f"chỉ khác ô “{code.label}”") for at, place in again.items()}


def _is_in_block(at: int, of: int, again: Mapping[int, int]) -> bool:
    """Whether the record before or behind repeats the one before or behind the repeated one."""
    return any(again.get(at + step) == of + step for step in (-1, 1))


def _find_branches(records: pl.DataFrame, dataset: Dataset, code: Column) -> _Found:
    """Records of a branch that have all amounts of a record above of the same enterprise."""
    amounts = [column.name for column in dataset.columns if column.kind in _AMOUNTS]
    filled = pl.sum_horizontal((pl.col(name) > 0).fill_null(value=False) for name in amounts)
    base = pl.col(code.name).str.extract("^([0-9]{10})(?:-[0-9]{3})?$").alias("_base")
    cells = records.with_row_index("_at").filter(filled >= _FEWEST_AMOUNTS).select("_at", base, *amounts)
    cells = cells.drop_nulls("_base").with_columns(of=pl.col("_at").first().over("_base", *amounts))
    pairs = cells.filter(pl.col("_at") != pl.col("of")).select("_at", "of").iter_rows()
    return {at: (of, "mọi con số đều bằng nhau, cùng một doanh nghiệp") for at, of in pairs}
