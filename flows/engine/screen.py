"""Prints for people; nothing in a name of a file, a cell or a typed word steers the terminal or is markup."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

# Control characters and those that hide or reorder what stands beside them; halves of characters, which stand
# for bytes of a file's name that are no text. Tabs are harmless.
_STEERING = re.compile(
    r"[\x00-\x08\x0a-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\ud800-\udfff\U000e0000-\U000e007f]"
)


def marked(template: str, *values: object) -> Text:
    """Our `template` with markup such as `[bold]…[/]`, each `{}` replaced by the next of `values` as it is.

    A value that is a result of this function keeps its markup.
    """
    rest, told = Text.from_markup(template, emoji=False), Text()
    for value in values:
        at = rest.plain.index("{}")
        before, place, rest = rest[:at], rest[at : at + 2], rest[at + 2 :]
        shown = value.copy() if isinstance(value, Text) else Text(harmless(str(value)))
        for span in place.spans:
            shown.stylize(span.style)
        told.append_text(before).append_text(shown)
    return told.append_text(rest)


def harmless(text: str, *, lines: bool = False) -> str:
    r"""The text with each control character spelled out, as `\u001b`; `lines` keeps ends of lines.

    Within JSON, the result stands for the same text.
    """
    return _STEERING.sub(lambda found: found[0] if lines and found[0] in "\r\n" else _spell(found[0]), text)


def _spell(character: str) -> str:
    return json.dumps(character)[1:-1]


def say(*told: str | Text, indent: int = 0, err: bool = False) -> None:
    """Print each text as one line. With an `indent`, long lines are wrapped and indented as a whole."""
    for line in told:
        if indent:
            open_console(err=err).print(Padding(_to_text(line), (0, 0, 0, indent)))
        elif isinstance(line, Text):
            open_console(err=err).print(_to_text(line), soft_wrap=True)
        else:
            print(harmless(line), file=sys.stderr if err else sys.stdout, flush=True)


def say_all(text: str, *, err: bool = False) -> None:
    """Print a text of several lines, such as the message of an error."""
    say(*text.split("\n"), err=err)


def show_document(text: str) -> None:
    """Print a whole document that a program may read, such as JSON or CSV: its lines stay as they are."""
    print(harmless(text, lines=True), end="", flush=True)


def show_table(
    head: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    title: str | None = None,
    wrap: bool = True,
    numbers_from: int | None = None,
) -> None:
    """Print a table; null shows as nothing. Columns from `numbers_from` on stand at the right."""
    table = Table(title=None if title is None else _to_text(title))
    for at, name in enumerate(head):
        right = numbers_from is not None and at >= numbers_from
        table.add_column(_to_text(name), justify="right" if right else "left", no_wrap=not wrap)
    for row in rows:
        table.add_row(*(Text("" if cell is None else harmless(str(cell), lines=True)) for cell in row))
    open_console().print(table)


def open_console(*, err: bool = False, quiet: bool = False) -> Console:
    """The terminal as the progress of steps needs it; whatever else is printed goes through `say`."""
    return Console(stderr=err, quiet=quiet, highlight=False, emoji=False)


def _to_text(line: str | Text) -> Text:
    return line if isinstance(line, Text) else Text(harmless(line))
