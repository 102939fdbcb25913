"""Reads any file that a unit handed in, finds its tables by their headings, accounts for every row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import PurePath

import polars as pl

from flows.read.formats import danger, html, workbook
from flows.read.formats.container import BROKEN, Container, detect
from flows.read.formats.text import read_text
from flows.read.formats.zips import list_members
from flows.read.our_sheets import is_ours
from flows.read.problems import RefusedError
from flows.read.sheet import Sheet
from flows.read.table import ROWS_SCHEMA, Problem, ReadFile
from flows.read.tables.heading import Vocabulary, tidy, vocabulary_of
from flows.read.tables.one_sheet import SheetRead, read_sheet
from flows.read.tables.routing import describe_unclear
from flows.read.tables.unknown import guess_block, guess_body
from schemas.contract import Dataset


def read_file(data: bytes, name: str, datasets: Mapping[str, Dataset]) -> ReadFile:
    """The tables, the account of rows and the problems of one file.

    Never raises for what a file holds: a file that can't be read gives a Doc with the problem that says why.

    Args:
        data: The file's content, told by its bytes.
        name: The file's name, used only to name the sheet of a text file.
        datasets: The contracts to recognise tables by, by name.
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
    """The Doc of a file of which nothing was read."""
    return ReadFile((), pl.DataFrame(schema=ROWS_SCHEMA), (why,))


def _read_archive(data: bytes, vocabulary: Vocabulary) -> ReadFile:
    """All files of a zip as one; sheets go by the name of their file and their own."""
    docs = []
    for name, content in list_members(data):
        try:
            container = detect(content)
            if container is Container.ARCHIVE:
                raise RefusedError("tep.nguy_hiem", "Tệp nén nằm trong tệp nén: không mở. Nộp từng tệp.")
            docs.append(_inside(name, _read(content, name, container, vocabulary)))
        except RefusedError as refused:
            docs.append(_inside(name, refuse_file(refused.problem)))
    return ReadFile(
        tuple(table for doc in docs for table in doc.tables),
        pl.concat([doc.rows for doc in docs]),
        tuple(found for doc in docs for found in doc.problems),
    )


def _inside(name: str, doc: ReadFile) -> ReadFile:
    """`doc` with the file's name before each sheet's."""

    def within(sheet: str | None) -> str:
        return f"{tidy(name)}/{sheet}" if sheet else tidy(name)

    return ReadFile(
        tuple(replace(table, sheet=within(table.sheet)) for table in doc.tables),
        doc.rows.with_columns(pl.lit(tidy(name) + "/").add(pl.col("sheet")).alias("sheet")),
        tuple(replace(found, sheet=within(found.sheet)) for found in doc.problems),
    )


def _read(data: bytes, name: str, container: Container, vocabulary: Vocabulary) -> ReadFile:
    sheets, warnings = _sheets(data, name, container, vocabulary)
    reads = [read_sheet(sheet, vocabulary) for sheet in sheets if not is_ours(sheet)]
    frames = [read.rows() for read in reads]
    rows = pl.concat(frames) if len(frames) > 1 else frames[0] if frames else pl.DataFrame(schema=ROWS_SCHEMA)
    tables = tuple(table for read in reads for table in read.tables)
    problems = [found for read in reads for found in read.problems]
    return ReadFile(tables, rows, (*warnings, *problems, *_unrecognised(reads)))


def read_sheets(data: bytes, name: str, vocabulary: Vocabulary) -> list[Sheet]:
    """Every sheet of a file that is not ours, by the names that `read_file` gives them.

    Raises:
        RefusedError: the file can't be opened as a table.
    """
    container = detect(data)
    if container is not Container.ARCHIVE:
        return [each for each in _sheets(data, name, container, vocabulary)[0] if not is_ours(each)]
    found: list[Sheet] = []
    for member, content in list_members(data):
        with suppress(RefusedError):
            inside = read_sheets(content, member, vocabulary) if detect(content) is not container else []
            found += [replace(each, name=f"{tidy(member)}/{each.name}") for each in inside]
    return found


def _sheets(
    data: bytes, name: str, container: Container, vocabulary: Vocabulary
) -> tuple[Sequence[Sheet], Sequence[Problem]]:
    """The sheets of one file, and warnings about what it carries besides."""
    try:
        if container in (Container.WORKBOOK, Container.ODS, Container.XLS):
            return workbook.read_workbook(data, container)
        if container is Container.MARKUP:
            danger.check_size(len(data), danger.MAX_WORKBOOK)
            return html.read_html(data, tidy(PurePath(name).stem)), ()
        danger.check_size(len(data), danger.MAX_TEXT)
        return [read_text(data, tidy(PurePath(name).stem), vocabulary)], ()
    except BaseException as panic:
        # Each compiled library has a class of its own for this, which is no Exception.
        if type(panic).__name__ != "PanicException":
            raise
        raise RefusedError("tep.khong_mo_duoc", BROKEN) from panic


def _unrecognised(reads: Sequence[SheetRead]) -> list[Problem]:
    """A problem for sheets with a table that no contract knows: a warning if another sheet has one."""
    if any(read.problems and not read.recognised for read in reads):
        return []
    recognised = any(read.recognised for read in reads)
    strangers = [read.sheet for read in reads if not read.recognised and read.sheet.height]
    if not recognised:
        return [_stranger(strangers[0], blocks=True)] if strangers else [_nothing()]
    found = (_stranger(sheet, blocks=False) for sheet in strangers if not sheet.hidden)
    return [each for each in found if each.value is not None]


def _stranger(sheet: Sheet, *, blocks: bool) -> Problem:
    block = guess_block(sheet)
    if block is None or not guess_body(sheet, block, sheet.height).records.any():
        return describe_unclear(sheet.name, None, (), blocks=blocks)
    return describe_unclear(sheet.name, sheet.number(block.bottom), (), block.paths, blocks=blocks)


def _nothing() -> Problem:
    return RefusedError("tep.khong_mo_duoc", "Tệp không có dữ liệu nào.").problem
