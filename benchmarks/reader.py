"""Compares how many sheets of real files with known contents this reader and three libraries read correctly.

A sheet is correct if its headings (row and joined levels), its first and last data row and its text are all
as expected. The libraries are polars, pandas and frictionless, each used as its manual says.

Usage: python benchmarks/reader.py [FOLDER]
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.read.formats import html, workbook
from flows.read.formats.container import Container, detect
from flows.read.formats.text import read_text
from flows.read.recode import to_unicode
from flows.read.sheet import Sheet
from flows.read.syllables import is_syllable
from flows.read.tables.heading import key_of, vocabulary_of
from flows.read.tables.unknown import guess_block, guess_body

FOLDER = Path(__file__).parents[2] / "shared" / "corpus"
Grid = list[list[str]]


@dataclass(frozen=True)
class Case:
    """One sheet, and the check of a reader's result for it."""

    group: str
    file: Path
    sheet: str | int
    right: Callable[[Seen], bool]


@dataclass(frozen=True)
class Seen:
    """Result of a reader: text by sheet row, headings, first and last sheet row of data."""

    text: Grid
    heading_rows: tuple[int, int] | None
    headings: list[str]
    data: tuple[int, int] | None


def tidy(text: object) -> str:
    """Normalize text: one line, NFC, single spaces."""
    return " ".join(unicodedata.normalize("NFC", str(text or "")).split())


def same(expected: str, got: str) -> bool:
    """Whether texts are equal, or numbers equal in the nine digits that a cell shows."""
    if expected == got:
        return True
    try:
        return abs(float(expected) - float(got)) <= 1e-8 * abs(float(expected))
    except ValueError:
        # The expected files have an error cell as Excel's number for the error.
        return (expected, got) in {("7", "#DIV/0!"), ("23", "#REF!"), ("42", "#N/A"), ("15", "#VALUE!")}


def cases(folder: Path) -> Iterator[Case]:
    """Yield every sheet with an expected result."""
    for entry in json.loads((folder / "EXPECTED.json").read_text("utf-8")):
        name = entry["sheet"].replace(" (HIDDEN)", "")
        yield Case("structure", folder / entry["file"], name, lambda seen, e=entry: as_described(seen, e))
    for entry in json.loads((folder / "gov_xls_index.json").read_text("utf-8")):
        lines = (folder / entry["gt"]).read_text("utf-8").split("\n")
        for sheet in entry["sheets"]:
            part = lines[sheet["gt_line_from"] - 1 : sheet["gt_line_to"]]
            yield Case(
                "legacy", folder / entry["file"], sheet["sheet"], lambda seen, p=part: has_text(seen, p)
            )
    yield from peers(folder / "peers")
    for path in sorted((folder / "peers/csv-spectrum/csvs").glob("*.csv")):
        if path.stem == "location_coordinates":  # its JSON belongs to another file
            continue
        records = json.loads((path.parents[1] / "json" / f"{path.stem}.json").read_text("utf-8"))
        records = records if isinstance(records, list) else [records]
        yield Case("csv", path, 0, lambda seen, r=records: has_records(seen, r))


def as_described(seen: Seen, entry: dict[str, Any]) -> bool:
    """Whether heading rows, data rows and joined headings match an entry of EXPECTED.json."""
    table = entry["tables"][0] if "tables" in entry else entry
    rows = table.get("header_rows") or [table["header_row"]] * 2
    if seen.heading_rows != tuple(rows):
        return False
    expected = [tidy(c) for c in entry.get("columns") or entry.get("columns_first") or ()]
    if not all(_alike(a, b) for a, b in zip(expected, seen.headings, strict=False)):
        return False
    data = table.get("data_rows")
    return data is None or seen.data == tuple(data)


def _alike(expected: str, got: str) -> bool:
    """Whether words are equal level by level; expected ones may be cut (ellipsis, or end of a level)."""
    levels = [
        ".*".join(re.escape(key_of(part)) for part in level.split("…")) for level in expected.split(" > ")
    ]
    return re.fullmatch(" ".join(f"{level}.*" for level in levels), key_of(got)) is not None


def has_text(seen: Seen, lines: Sequence[str]) -> bool:
    """Whether all cells equal the expected lines."""
    for number, line in enumerate(lines):
        expected = [tidy(cell) for cell in line.split("\t")]
        got = [tidy(cell) for cell in seen.text[number]] if number < len(seen.text) else []
        for at in range(max(len(expected), len(got))):
            one = expected[at] if at < len(expected) else ""
            other = got[at] if at < len(got) else ""
            if not same(one, other) and not _has_wrong_encoding(one, other):
                return False
    return True


def _has_wrong_encoding(expected: str, got: str) -> bool:
    """Whether the expected file has this cell decoded with a wrong encoding."""
    theirs, own = (re.findall(r"[^\W\d_]+", text) for text in (expected, got))
    if "trỡnh" in theirs:
        return "trình" in own
    return all(is_syllable(w) for w in own if not w.isascii()) and not all(
        is_syllable(w) for w in theirs if not w.isascii()
    )


def has_records(seen: Seen, records: Sequence[dict[str, str]]) -> bool:
    """Whether all cells equal the JSON next to a CSV."""
    if not records:
        return True
    rows = [list(records[0]), *(list(record.values()) for record in records)]
    got = [[cell or "" for cell in row] for row in seen.text]
    return [[str(c).replace("\r\n", "\n") for c in row] for row in rows] == got


def _column(seen: Seen, at: int) -> list[str]:
    return [tidy(row[at]) if at < len(row) else "" for row in seen.text]


def peers(folder: Path) -> Iterator[Case]:
    """Yield the cases taken from the libraries' own tests, listed in the folder's README."""
    readxl, extra, frictionless = folder / "readxl", folder / "readxl_extdata", folder / "frictionless"
    digits = ["2147483647", "2147483648", "2147483649"]
    for end in ("xls", "xlsx"):
        yield Case(
            "peers", readxl / f"vietnamese-utf8.{end}", 0, lambda s: _column(s, 0)[:2] == ["Mô tả", "BÙN SÉT"]
        )
        yield Case(
            "peers",
            readxl / f"big-texty-numbers-{end}.{end}",
            0,
            lambda s: _column(s, 0)[2:5] == digits and _column(s, 1)[2:5] == digits,
        )
        yield Case(
            "peers",
            readxl / f"dates-leap-year-1900-{end}.{end}",
            0,
            lambda s: not re.fullmatch(r"28/02/1900.*|1900-02-2[89].*|1900-03-01.*", _column(s, 0)[4]),
        )
        yield Case(
            "peers",
            readxl / f"texty-dates-{end}.{end}",
            0,
            lambda s: (
                _column(s, 0)[1:3]
                in (
                    ["1985-03-11 13:00:00", "1985-03-11 13:23:32"],
                    ["11/03/1985 13:00:00", "11/03/1985 13:23:32"],
                )
            ),
        )
        yield Case(
            "peers",
            readxl / f"missing-first-column.{end}",
            0,
            lambda s: [c for row in s.text for c in row if c] == ["1", "2", "3"],
        )
        yield Case(
            "peers", readxl / f"style-only-cells.{end}", 0, lambda s: {len(row) for row in s.text} == {5}
        )
        yield Case("peers", extra / f"deaths.{end}", 0, lambda s: (len(s.headings), s.data) == (6, (6, 15)))
    for name in ("dates-1900", "dates-1904"):
        yield Case("peers", readxl / f"{name}.xls", 0, lambda s: s.text[0][0] in ("01/01/2000", "2000-01-01"))
    yield Case(
        "peers",
        readxl / "unnamed-duplicated-columns.xlsx",
        0,
        lambda s: [tidy(c) for c in s.text[0]] == ["", "var2", "", "var2"],
    )
    yield Case(
        "peers", frictionless / "leading-zeros.csv", 0, lambda s: _column(s, 0)[1:4] == ["01", "002", "00003"]
    )
    yield Case("peers", frictionless / "issue-1009-semicolon.csv", 0, lambda s: s.text[1] == ["0123", "c"])
    for name, line in (("blank-rows.csv", 4), ("blank-rows-multiple.csv", 8)):
        yield Case(
            "peers", frictionless / name, 0, lambda s, n=line: len(s.text) >= n and not any(s.text[n - 1])
        )


def ours(case: Case) -> Seen:
    """This reader."""
    data = case.file.read_bytes()
    container = detect(data)
    sheets: Sequence[Sheet]
    if container is Container.TEXT:
        sheets = [read_text(data, case.file.stem, vocabulary_of({}))]
    elif container is Container.MARKUP:
        sheets = html.read_html(data, case.file.stem)
    else:
        sheets, _ = workbook.read_workbook(data, container)
    found = sheets[case.sheet] if isinstance(case.sheet, int) else _find_sheet(sheets, case.sheet)
    sheet = to_unicode(found).sheet
    text = [[cell or "" for cell in row] for row in sheet.rows(0, sheet.height)]
    block = guess_block(sheet) if sheet.height else None
    if block is None:
        return Seen(text, None, [], None)
    following = guess_block(sheet, block.body + 1)
    again = following if following and following.paths == block.paths else None
    body = guess_body(sheet, block, again.top - 1 if again else sheet.height)
    rows = [body.start + int(n) + 1 for n in body.having("ban_ghi").nonzero()[0]]
    totals = [body.start + int(n) + 1 for n in body.having("tong").nonzero()[0]]
    data_rows = (min(rows + totals), max(rows)) if rows else None
    return Seen(text, (block.top + 1, block.bottom + 1), [p.label for p in block.paths], data_rows)


def _find_sheet(sheets: Sequence[Sheet], name: str) -> Sheet:
    return next(sheet for sheet in sheets if sheet.name.strip() == name.strip())


def from_frame(columns: Sequence[object], rows: Sequence[Sequence[object]]) -> Seen:
    """The result of a library that takes the first row as headings."""
    heads = [
        "" if str(c).startswith(("Unnamed", "__UNNAMED", "column_", "field")) else str(c) for c in columns
    ]
    text = [heads, *([_to_text(cell) for cell in row] for row in rows)]
    return Seen(text, (1, 1), heads, (2, len(rows) + 1) if rows else None)


def _to_text(cell: object) -> str:
    if cell is None or cell != cell:  # noqa: PLR0124 - pandas marks blanks by NaN
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def by_polars(case: Case) -> Seen:
    """polars.read_excel and read_csv."""
    import polars as pl  # noqa: PLC0415

    if case.file.suffix == ".csv":
        frame = pl.read_csv(case.file)
    else:
        given = {"sheet_name": case.sheet} if isinstance(case.sheet, str) else {"sheet_id": case.sheet + 1}
        frame = pl.read_excel(case.file, **given)
    return from_frame(frame.columns, frame.rows())


def by_pandas(case: Case) -> Seen:
    """pandas.read_excel and read_csv."""
    import pandas as pd  # noqa: PLC0415

    if case.file.suffix == ".csv":
        frame = pd.read_csv(case.file)
    else:
        frame = pd.read_excel(case.file, sheet_name=case.sheet, engine="calamine")
    return from_frame(list(frame.columns), [list(row) for row in frame.itertuples(index=False)])


def by_frictionless(case: Case) -> Seen:
    """Frictionless."""
    from frictionless import Resource  # noqa: PLC0415
    from frictionless.formats import ExcelControl  # noqa: PLC0415

    control = None
    if case.file.suffix != ".csv":
        control = ExcelControl(sheet=case.sheet if isinstance(case.sheet, str) else case.sheet + 1)
    with Resource(path=case.file.name, basepath=str(case.file.parent), control=control) as resource:
        rows = [list(row.to_dict().values()) for row in resource.row_stream]
        return from_frame(resource.header, rows)


READERS = {"dulieuxa": ours, "polars": by_polars, "pandas": by_pandas, "frictionless": by_frictionless}


def main() -> None:
    """Print one line per reader: name, correct sheets, sheets, share; then the sheets wrong in ours."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    if not folder.is_dir():
        sys.exit(f"no folder of real files: {folder}")
    warnings.simplefilter("ignore")
    every = list(cases(folder))
    for name, read in READERS.items():
        right = {group: [0, 0] for group in dict.fromkeys(case.group for case in every)}
        wrong = []
        for case in every:
            try:
                good = case.right(read(case))
            except Exception as error:
                good = False
                wrong.append(f"{case.file.name} [{case.sheet}]: {type(error).__name__}")
            else:
                if not good:
                    wrong.append(f"{case.file.name} [{case.sheet}]")
            right[case.group][0] += good
            right[case.group][1] += 1
        count = sum(r for r, _ in right.values())
        groups = ", ".join(f"{group} {r}/{n}" for group, (r, n) in right.items())
        print(f"reader {name}: {count}/{len(every)} = {count / len(every):.1%} ({groups})")
        if read is ours:
            print(*(f"  wrong: {line}" for line in wrong), sep="\n")


if __name__ == "__main__":
    main()
