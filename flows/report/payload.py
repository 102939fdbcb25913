"""Packs a table for the page that searches it: by column, each value once, safe inside a page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class PageField:
    """One column of a searched table.

    `words` turns a code into what people read; the code stays what links name. `shown` puts it in
    the table (all fields stand in a row's details), `filter` gives it a drop-down list, `order` is
    the order of its choices where that is not the alphabet's; `badge` shows it as a coloured word,
    `code` adds the code to the words in a row's details. One without a title is there for a link alone.
    """

    name: str
    title: str
    words: Callable[[Any], str] | None = None
    shown: bool = False
    filter: bool = False
    order: Sequence[str] = ()
    badge: bool = False
    code: bool = False


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link in a row's details: to `href` followed by the row's `field`."""

    title: str
    href: str
    field: str


def pack(
    frame: pl.DataFrame,
    fields: Iterable[PageField],
    *,
    links: Iterable[PageLink] = (),
    opens: str | None = None,
) -> Markup:
    """`frame` as JSON for a script element; `opens` names the field whose cell opens a row's details.

    An object with `rows` (how many), `opens`, `links` and `fields`; of a field either `numbers` or,
    for every row, `at`: the position of its value in `ids` (and in `words`), -1 where there is none.
    """
    around = {
        "rows": frame.height,
        "opens": opens,
        "links": [{"title": link.title, "href": link.href, "field": link.field} for link in links],
    }
    parts = ",".join(_field(frame[field.name], field) for field in fields)
    return escape_script(f'{_json(around)[:-1]},"fields":[{parts}]}}')


def escape_script(text: str) -> Markup:
    """JSON that no HTML parser can take for the end of its script element or the start of a comment."""
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _field(column: pl.Series, field: PageField) -> str:
    said: dict[str, Any] = {"name": field.name, "title": field.title}
    flags = {"shown": field.shown, "filter": field.filter, "badge": field.badge, "code": field.code}
    said |= {name: 1 for name, is_set in (flags | {"ordered": bool(field.order)}).items() if is_set}
    if column.dtype.is_integer():
        return _with_numbers(said, "numbers", column)
    choices = _choices(column, field)
    position = pl.Series(range(len(choices)), dtype=pl.Int32)
    said["ids"] = [str(choice) for choice in choices]
    if field.words:
        said["words"] = [field.words(choice) for choice in choices]
    at = column.replace_strict(choices, position, default=-1, return_dtype=pl.Int32)
    return _with_numbers(said, "at", at)


def _with_numbers(said: Mapping[str, Any], name: str, numbers: pl.Series) -> str:
    """`said` and a list of numbers as JSON; joined by polars, for there are a million of them."""
    joined = numbers.cast(pl.String).fill_null("null").str.join(",").item()
    return f'{_json(said)[:-1]},"{name}":[{joined}]}}'


def _choices(column: pl.Series, field: PageField) -> pl.Series:
    """The different values, in the order in which a list offers them."""
    choices = column.drop_nulls().unique()
    if not field.order:
        return choices.sort()
    rank = {value: index for index, value in enumerate(field.order)}
    return pl.Series(
        sorted(choices, key=lambda value: (rank.get(value, len(rank)), value)), dtype=column.dtype
    )
