"""Packs a table as JSON for a searchable page: column by column, each different value once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class PageField:
    """One column of a searchable table.

    `words` turns a code into text for people; links still use the code. `shown` puts the field in the
    table (a row's details have all fields), `filter` gives it a drop-down list, `order` sorts its choices
    (default: alphabetically), `badge` shows it as a coloured word, `code` adds the code to the text in a
    row's details. A field with an empty title is used by links only.
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
    """A link in a row's details: to `href`, with the value of the row's `field` in place of `{}`."""

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

    The JSON is an object with `rows` (their number), `opens`, `links` and `fields`. A field of integers
    has `numbers`. Any other field has `ids`, its different values, and for every row `at`: the index of
    the row's value in `ids` (and in `words`), or -1 for null.
    """
    around = {
        "rows": frame.height,
        "opens": opens,
        "links": [{"title": link.title, "href": link.href, "field": link.field} for link in links],
    }
    parts = ",".join(_field(frame[field.name], field) for field in fields)
    return escape_script(f'{_json(around)[:-1]},"fields":[{parts}]}}')


def escape_script(text: str) -> Markup:
    """Escape JSON so that no text in it can end the script element or start an HTML comment."""
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _field(column: pl.Series, field: PageField) -> str:
    head: dict[str, Any] = {"name": field.name, "title": field.title}
    flags = {"shown": field.shown, "filter": field.filter, "badge": field.badge, "code": field.code}
    head |= {name: 1 for name, is_set in (flags | {"ordered": bool(field.order)}).items() if is_set}
    if column.dtype.is_integer():
        return _with_numbers(head, "numbers", column)
    choices = _choices(column, field)
    position = pl.Series(range(len(choices)), dtype=pl.Int32)
    head["ids"] = [str(choice) for choice in choices]
    if field.words:
        head["words"] = [field.words(choice) for choice in choices]
    at = column.replace_strict(choices, position, default=-1, return_dtype=pl.Int32)
    return _with_numbers(head, "at", at)


def _with_numbers(head: Mapping[str, Any], name: str, numbers: pl.Series) -> str:
    """`head` and the list `numbers` as JSON; polars joins them because there can be a million."""
    joined = numbers.cast(pl.String).fill_null("null").str.join(",").item()
    return f'{_json(head)[:-1]},"{name}":[{joined}]}}'


def _choices(column: pl.Series, field: PageField) -> pl.Series:
    """The different values in the order of the field's drop-down list."""
    choices = column.drop_nulls().unique()
    if not field.order:
        return choices.sort()
    rank = {value: index for index, value in enumerate(field.order)}
    return pl.Series(
        sorted(choices, key=lambda value: (rank.get(value, len(rank)), value)), dtype=column.dtype
    )
