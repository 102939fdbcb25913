"""Reads one submitted file: opens it, finds its tables by their headings, gives every row a role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import PurePath
from typing import Any

import polars as pl

from flows.read.clerk_marks import FileMarks
from flows.read.formats import danger, html, workbook
from flows.read.formats.container import BROKEN, Container, detect
from flows.read.formats.saved import read_saved
from flows.read.formats.text import read_text
from flows.read.formats.zips import list_members
from flows.read.our_sheets import is_ours, read_choice, read_stamps
from flows.read.problems import RefusedError
from flows.read.sheet import Sheet
from flows.read.table import ROWS_SCHEMA, Problem, ReadFile
from flows.read.tables.astray import RecordShape, describe_full, find_without_heading
from flows.read.tables.heading import Vocabulary, tidy, vocabulary_of
from flows.read.tables.one_sheet import SheetRead, describe_unread, read_sheet
from flows.read.tables.routing import describe_unclear
from flows.read.tables.unknown import guess_block, guess_body
from schemas.contract import Dataset


def read_file(data: bytes, name: str, datasets: Mapping[str, Dataset]) -> ReadFile:
    """The tables, the roles of all rows and the problems of one file.

    Never raises because of the content: a file that can't be read gives a `ReadFile` whose problem says why.

    Args:
        data: The content of the file; its format is detected from the bytes, not from the name.
        name: The name of the file; it names the sheet of a text file.
        datasets: The contracts by name; their column headings identify the tables.
    """
    vocabulary = vocabulary_of(datasets)
    try:
        container = detect(data)
        if container is Container.ARCHIVE:
            return _read_archive(data, vocabulary)
        return _read(data, name, container, vocabulary)
    except RefusedError as refused:
        return refuse_file(refused.problem)


def refuse_file(why: Problem) -> ReadFile:
    """The result for a file of which nothing was read; `why` is its only problem."""
    return ReadFile((), pl.DataFrame(schema=ROWS_SCHEMA), (why,))


def _read_archive(data: bytes, vocabulary: Vocabulary) -> ReadFile:
    """Read all files of a zip as one file; a sheet is named `<file>/<sheet>`."""
    docs = []
    for name, content in list_members(data):
        try:
            container = detect(content)
            if container is Container.ARCHIVE:
                raise RefusedError("tep.nguy_hiem", "Tệp nén nằm trong tệp nén: không mở. Nộp từng tệp.")
            docs.append(_prefix_sheets(name, _read(content, name, container, vocabulary)))
        except RefusedError as refused:
            docs.append(_prefix_sheets(name, refuse_file(refused.problem)))
    return ReadFile(
        tuple(table for doc in docs for table in doc.tables),
        pl.concat([doc.rows for doc in docs]),
        tuple(found for doc in docs for found in doc.problems),
        FileMarks.of_all(doc.marks for doc in docs),
        tuple(table for doc in docs for table in doc.refused),
    )


def _prefix_sheets(name: str, doc: ReadFile) -> ReadFile:
    """`doc` with the name of its file before the name of each sheet."""

    def within(sheet: str | None) -> str:
        return f"{tidy(name)}/{sheet}" if sheet else tidy(name)

    return ReadFile(
        tuple(replace(table, sheet=within(table.sheet)) for table in doc.tables),
        doc.rows.with_columns(pl.lit(tidy(name) + "/").add(pl.col("sheet")).alias("sheet")),
        tuple(replace(found, sheet=within(found.sheet)) for found in doc.problems),
        doc.marks.within(tidy(name)),
        tuple(replace(table, sheet=within(table.sheet)) for table in doc.refused),
    )


def _read(data: bytes, name: str, container: Container, vocabulary: Vocabulary) -> ReadFile:
    sheets, warnings = _open_sheets(data, name, container, vocabulary)
    reads = [read_sheet(sheet, vocabulary) for sheet in sheets if not is_ours(sheet)]
    frames = [read.rows() for read in reads]
    rows = pl.concat(frames) if len(frames) > 1 else frames[0] if frames else pl.DataFrame(schema=ROWS_SCHEMA)
    made_for = tuple(dict.fromkeys(stamp.unit for stamp in read_stamps(sheets) if stamp.unit))
    said: dict[str, Any] = {
        "made_for": made_for,
        "meant": read_choice(sheets),
        "saved": read_saved(data, container),
    }
    tables = tuple(replace(table, **said) for read in reads for table in read.tables)
    refused = tuple(replace(table, **said) for read in reads for table in read.refused)
    problems = [found for read in reads for found in (*read.problems, *read.damage)]
    problems += _describe_unrecognised(reads, vocabulary)
    marks = FileMarks.of_all(mark for read in reads for mark in (*read.marks, _list_comments(read.sheet)))
    return ReadFile(tables, rows, (*warnings, *problems), marks, refused)


def _list_comments(sheet: Sheet) -> FileMarks:
    comments = tuple(replace(each, sheet=sheet.name) for each in sheet.marks.comments)
    return FileMarks({"ghi_chu": len(comments)}, comments)


def read_sheets(data: bytes, name: str, vocabulary: Vocabulary) -> list[Sheet]:
    """Every sheet of a file, with the names that `read_file` gives them; sheets of this program are left out.

    Raises:
        RefusedError: the file can't be opened as a table.
    """
    container = detect(data)
    if container is not Container.ARCHIVE:
        return [each for each in _open_sheets(data, name, container, vocabulary)[0] if not is_ours(each)]
    sheets: list[Sheet] = []
    for member, content in list_members(data):
        with suppress(RefusedError):
            inside = read_sheets(content, member, vocabulary) if detect(content) is not container else []
            sheets += [replace(each, name=f"{tidy(member)}/{each.name}") for each in inside]
    return sheets


def _open_sheets(
    data: bytes, name: str, container: Container, vocabulary: Vocabulary
) -> tuple[Sequence[Sheet], Sequence[Problem]]:
    """The sheets of one file, and warnings about macros, links and other things that are not read."""
    try:
        if container in (Container.WORKBOOK, Container.ODS, Container.XLS):
            return workbook.read_workbook(data, container)
        if container is Container.MARKUP:
            danger.check_size(len(data), danger.MAX_WORKBOOK)
            return html.read_html(data, tidy(PurePath(name).stem)), ()
        danger.check_size(len(data), danger.MAX_TEXT)
        return [read_text(data, tidy(PurePath(name).stem), vocabulary)], ()
    except BaseException as panic:
        # Libraries in Rust (polars, calamine) raise a panic as a class of their own, derived from
        # BaseException. Without this, one damaged file would end the run.
        if type(panic).__name__ != "PanicException":
            raise
        raise RefusedError("tep.khong_mo_duoc", BROKEN) from panic


def _describe_unrecognised(reads: Sequence[SheetRead], vocabulary: Vocabulary) -> list[Problem]:
    """The problems of sheets without a known table: one blocks if no sheet has one.

    Beside a known table they are warnings, but rows that look like its records block.
    """
    unknown = [read.sheet for read in reads if not (read.recognised or read.problems) and read.sheet.height]
    unclear = any(read.problems and not read.recognised for read in reads)
    if any(read.recognised for read in reads):
        shapes = [each for read in reads for each in read.shapes]
        return [
            problem
            for sheet in unknown
            for problem in _describe_beside(sheet, shapes, vocabulary, warn=not unclear)
        ]
    if unclear:
        return []
    return _describe_sheet(unknown[0], vocabulary) if unknown else [_describe_empty()]


def _describe_beside(
    sheet: Sheet, shapes: Sequence[tuple[RecordShape, Dataset]], vocabulary: Vocabulary, *, warn: bool
) -> list[Problem]:
    """What a sheet holds that is not read, beside sheets whose tables have records of these shapes."""
    block = guess_block(sheet)
    headed = block is not None and guess_body(sheet, block, sheet.height).records.any()
    # The guess takes a record that is nothing but words for a heading.
    first = None if block is None else sheet.row(block.top)
    if not headed or any(first and shape.is_like(first) for shape, _ in shapes):
        held = find_without_heading(sheet, shapes)
        if held:
            return held
    if sheet.hidden or not warn:
        return []
    if block is not None and headed:
        return describe_unread(sheet, block, sheet.height, vocabulary, blocks=False)
    return describe_full(sheet)


def _describe_sheet(sheet: Sheet, vocabulary: Vocabulary) -> list[Problem]:
    block = guess_block(sheet)
    if block is None or not guess_body(sheet, block, sheet.height).records.any():
        return [describe_unclear(sheet.name, None, ())]
    return describe_unread(sheet, block, sheet.height, vocabulary)


def _describe_empty() -> Problem:
    return RefusedError("tep.khong_mo_duoc", "Tệp không có dữ liệu nào.").problem
