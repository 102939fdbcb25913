"""Reads any file that a unit handed in, finds its tables by their headings, accounts for every row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath

import polars as pl

from flows.read import flat, workbook
from flows.read.container import Container, detect
from flows.read.faults import RefusedError
from flows.read.grid import Sheet
from flows.read.heading import Vocabulary, tidy
from flows.read.ours import is_ours
from flows.read.routing import unclear
from flows.read.table import ROWS_SCHEMA, Doc, Problem
from flows.read.tables import SheetRead, read_sheet
from schemas.contract import Dataset


def read_file(data: bytes, name: str, datasets: Mapping[str, Dataset]) -> Doc:
    """The tables, the account of rows and the problems of one file.

    Never raises for what a file holds: a file that can't be read gives a Doc with the problem that says why.

    Args:
        data: The file's content, told by its bytes.
        name: The file's name, used only to name the sheet of a text file.
        datasets: The contracts to recognise tables by, by name.
    """
    vocabulary = Vocabulary(datasets)
    try:
        sheets = [sheet for sheet in sheets_of(data, name, vocabulary) if not is_ours(sheet)]
    except RefusedError as refused:
        return Doc((), pl.DataFrame(schema=ROWS_SCHEMA), (refused.problem,))
    reads = [read_sheet(sheet, vocabulary) for sheet in sheets]
    rows = pl.concat([pl.DataFrame(schema=ROWS_SCHEMA), *(read.rows() for read in reads)])
    tables = tuple(table for read in reads for table in read.tables)
    problems = [found for read in reads for found in read.problems]
    return Doc(tables, rows, (*problems, *_unrecognised(reads)))


def sheets_of(data: bytes, name: str, vocabulary: Vocabulary) -> Sequence[Sheet]:
    """Every sheet of a file; a text file is one sheet, named after `name`.

    Raises:
        RefusedError: the file can't be opened as a table.
    """
    container = detect(data)
    if container in (Container.WORKBOOK, Container.XLS, Container.ODS):
        return workbook.sheets_of(data, container)
    return [flat.sheet_of(data, tidy(PurePath(name).stem), vocabulary)]


def _unrecognised(reads: Sequence[SheetRead]) -> list[Problem]:
    """A problem where no sheet of a file holds a table that any heading tells."""
    if any(read.recognised or read.problems for read in reads):
        return []
    first = next((read for read in reads if read.sheet.text.height), None)
    return [unclear(first.sheet.name if first else "", None, ())]
