"""Builds the content shared by the searchable pages of faults, issues and submissions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from flows import words
from flows.report.payload import PageField, PageLink, pack

#: Most rows on a page: with more it opens slowly. The page then says which table has all rows.
MOST = 200_000


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A searchable page: `here` is its file, `table` the release's table with all rows, `noun` names a row.

    `opens` is the field whose cell opens a row's details. `ways` are links (text, address) to searches
    that readers often need.
    """

    here: str
    title: str
    lead: str
    noun: str
    table: str
    opens: str
    fields: Sequence[PageField]
    links: Sequence[PageLink]
    ways: Sequence[tuple[str, str]] = ()


def page_content(listing: SearchPage, rows: pl.DataFrame, as_of: date) -> Mapping[str, Any]:
    """Everything that the template `bang.html.j2` shows."""
    lead = listing.lead
    if rows.height > MOST:
        most, height = words.number(MOST), words.number(rows.height)
        lead = f"{lead} Trang này giữ {most} dòng đầu; đủ {height} dòng ở {listing.table}."
    return {
        "here": listing.here,
        "title": listing.title,
        "lead": lead,
        "ways": listing.ways,
        "noun": listing.noun,
        "table": listing.table,
        "file": f"{listing.here.removesuffix('.html')}-{as_of:%Y%m%d}.csv",
        "data": pack(rows.head(MOST), listing.fields, links=listing.links, opens=listing.opens),
    }


def add_words(
    rows: pl.DataFrame, name: str, of: tuple[str, str], say: Callable[[str | None, str], str]
) -> pl.DataFrame:
    """Add the column `name`: the result of `say` on the two columns `of`, null if empty.

    `say` is called once for each pair of values.
    """
    pairs = rows.select(of).unique().drop_nulls(of[1])
    sentences = [say(*pair) or None for pair in pairs.iter_rows()]
    known = pairs.with_columns(pl.Series(name, sentences, pl.String))
    return rows.join(known, on=of, how="left", nulls_equal=True, maintain_order="left")


def sort_values(column: pl.Series) -> tuple[Any, ...]:
    """The different values of a column in ascending order, which may differ from the order of their texts."""
    return tuple(column.drop_nulls().unique().sort())
