"""A page that searches one whole table: what such pages have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from flows import words
from flows.report.payload import PageField, PageLink, pack

#: More rows than this make a page slow to open; the rest stands in the table, and the page says so.
MOST = 200_000


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page `here` over the release's `table`: `noun` is what a row is, `opens` the field that opens it.

    `ways` are links (words, address) to what readers often ask the page.
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
    """Everything that the page's template shows."""
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
    """`rows` with the column `name`: what there is to `say` of two others, once each pair; null for none."""
    pairs = rows.select(of).unique().drop_nulls(of[1])
    sentences = [say(*pair) or None for pair in pairs.iter_rows()]
    known = pairs.with_columns(pl.Series(name, sentences, pl.String))
    return rows.join(known, on=of, how="left", nulls_equal=True, maintain_order="left")


def sort_values(column: pl.Series) -> tuple[Any, ...]:
    """The values of a column from the earliest on, which is not the order of their words."""
    return tuple(column.drop_nulls().unique().sort())
