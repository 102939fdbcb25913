"""Reads `schemas/expectations/<table>.json`: suites of a root's own, in Great Expectations' format.

A suite is for the published table or the dataset that its file is named after, as `roll_call.json`. What
only Great Expectations knows, such as an argument that an expectation lacks, is told by the audit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, NoReturn

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.contract import Dataset
from schemas.declared import DeclarationError
from schemas.settings import propose
from schemas.tables import TABLES, record_columns

FOLDER = "schemas/expectations"

#: The column of a dataset's records that says which period a record is of.
PERIOD = "ky"

Severity = Literal["critical", "warning", "info"]

# Arguments that would make a result hold values, or an error end the audit: these are ours to say.
_OURS = ("result_format", "catch_exceptions", "batch_id")
_ONE_COLUMN = ("column", "column_A", "column_B")

#: The arguments of an expectation that name columns.
COLUMN_ARGUMENTS = (*_ONE_COLUMN, "column_list", "column_set")


@dataclass(frozen=True, slots=True)
class OwnExpectation:
    """One expectation of a root's own suite; `says` is its description, else its type and columns."""

    type: str
    kwargs: Mapping[str, Any]
    says: str
    severity: Severity = "critical"
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OwnSuite:
    """The suite of a root's own for `table`, which is a published table or a dataset; from `file`."""

    table: str
    name: str
    expectations: tuple[OwnExpectation, ...]

    @property
    def file(self) -> str:
        """Where it is declared, from the root."""
        return f"{FOLDER}/{self.table}.json"


class _Written(BaseModel):
    """What stands in braces in the file: no other keys than these."""

    model_config = ConfigDict(extra="forbid", strict=True)
    id: str | None = None
    notes: str | list[str] | None = None
    meta: dict[str, Any] | None = None


class _Expectation(_Written):
    type: str
    kwargs: dict[str, Any] = Field(default_factory=dict)
    description: str | None = None
    severity: Severity = "critical"
    rendered_content: list[Any] | None = None
    expectation_context: dict[str, Any] | None = None


class _Suite(_Written):
    name: str = Field(min_length=1)
    expectations: list[_Expectation] = Field(min_length=1)
    suite_parameters: dict[str, Any] | None = None


def read_own_suites(files: Mapping[str, bytes], datasets: Mapping[str, Dataset]) -> tuple[OwnSuite, ...]:
    """The suites in the contents of a root's files, by file name within `FOLDER`.

    Raises:
        DeclarationError: a file is no JSON or no suite, or names a table, column or type of expectation that
            there is not.
    """
    return tuple(_read(name, content, datasets) for name, content in sorted(files.items()))


def _read(name: str, content: bytes, datasets: Mapping[str, Dataset]) -> OwnSuite:
    file = f"{FOLDER}/{name}"
    table = name.removesuffix(".json")
    if table == name:
        raise DeclarationError(f"{file}: tên tệp phải kết thúc bằng .json; bỏ tệp khác ra khỏi thư mục này.")
    if table not in TABLES and table not in datasets:
        known = (*TABLES, *datasets)
        raise DeclarationError(f"{file}: không có bảng hay bộ dữ liệu “{table}”{propose(table, known)}.")
    columns = list_columns(table, datasets)
    try:
        suite = _Suite.model_validate(_parse(file, content))
    except ValidationError as error:
        raise DeclarationError("\n".join(f"{file}{_describe(each)}." for each in error.errors())) from None
    return OwnSuite(
        table, suite.name, tuple(_convert(f"{file}, {each}", one, columns) for each, one in _count(suite))
    )


def list_columns(table: str, datasets: Mapping[str, Dataset]) -> tuple[str, ...]:
    """The columns of a published table, or of a dataset's records with their period."""
    return tuple(TABLES[table].fields) if table in TABLES else (*record_columns(datasets[table]), PERIOD)


def _count(suite: _Suite) -> Iterator[tuple[str, _Expectation]]:
    for at, each in enumerate(suite.expectations, 1):
        yield f"phép kiểm thứ {at} ({each.type})", each


def _parse(file: str, content: bytes) -> object:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DeclarationError(
            f"{file} không phải tệp chữ UTF-8: mở bằng Notepad, lưu lại với UTF-8."
        ) from None

    def refuse_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise DeclarationError(f"{file}: khóa “{twice}” có hai lần trong cùng một cặp ngoặc nhọn.")
        return found

    def refuse_constant(name: str) -> NoReturn:
        raise DeclarationError(f"{file}: JSON không có số {name}; nếu không có giới hạn thì bỏ khóa đó đi.")

    try:
        return json.loads(text, object_pairs_hook=refuse_twice, parse_constant=refuse_constant)
    except json.JSONDecodeError as error:
        raise DeclarationError(
            f"{file}, dòng {error.lineno}: không đúng cách viết JSON, ở ký tự thứ {error.colno}. Chữ "
            "và khóa để trong dấu nháy kép, giữa hai phần có dấu phẩy, sau phần cuối thì không."
        ) from None


def _convert(where: str, one: _Expectation, columns: tuple[str, ...]) -> OwnExpectation:
    if known := _known_types():
        _refuse_unknown(where, "loại phép kiểm", [one.type], known)
    kwargs = {key: value for key, value in one.kwargs.items() if key not in _OURS}
    named = list(_list_named(where, kwargs))
    _refuse_unknown(where, "cột", named, columns)
    says = (one.description or "").strip().rstrip(".")
    beside = f" ở cột {', '.join(named)}" if named else ""
    return OwnExpectation(one.type, kwargs, says or f"{one.type}{beside}", one.severity, one.meta or {})


def _refuse_unknown(where: str, word: str, names: Iterable[str], known: tuple[str, ...]) -> None:
    for name in names:
        if name not in known:
            raise DeclarationError(f"{where}: không có {word} “{name}”{propose(name, known)}.")


def _list_named(where: str, kwargs: Mapping[str, Any]) -> Iterator[str]:
    """The columns that an expectation names."""
    for key in COLUMN_ARGUMENTS:
        value = kwargs.get(key)
        names = [value] if key in _ONE_COLUMN else value
        if value is None:
            continue
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            wanted = "tên một cột" if key in _ONE_COLUMN else "danh sách tên cột"
            raise DeclarationError(f"{where}: {key} phải là {wanted}, trong dấu nháy kép.")
        yield from names


@cache
def _known_types() -> tuple[str, ...]:
    """The types of the installed Great Expectations, by the names of its files: importing it takes seconds.

    Empty if it is not installed.
    """
    found = find_spec("great_expectations")
    places = found.submodule_search_locations if found else None
    core = (
        path for place in places or () for path in Path(place, "expectations", "core").glob("*expect*.py")
    )
    return tuple(sorted(path.stem for path in core))


_SAID: Mapping[str, str] = {
    "missing": "chưa có khóa “{name}”",
    "extra_forbidden": "không có khóa “{name}” trong định dạng của Great Expectations 1.x",
    "string_type": "“{name}” phải là chữ trong dấu nháy kép",
    "string_too_short": "“{name}” không được để trống",
    "list_type": "“{name}” phải là danh sách trong ngoặc vuông",
    "too_short": "“{name}” chưa có phép kiểm nào",
    "dict_type": "“{name}” phải là một phần trong ngoặc nhọn",
    "model_type": "“{name}” phải là một phần trong ngoặc nhọn",
    "literal_error": "“{name}” phải là “critical”, “warning” hoặc “info”",
}


def _describe(error: Any) -> str:
    """One of pydantic's errors, with the place that it is about; what was typed is not repeated."""
    where = "".join(f", phép kiểm thứ {key + 1}" for key in error["loc"][:2] if isinstance(key, int))
    names = [str(key) for key in error["loc"] if not isinstance(key, int)]
    if not names:
        return ": phải là một bộ kỳ vọng, như {“name”: …, “expectations”: […]}"
    # A kind of error that is not listed here is told by pydantic's own words rather than not at all.
    return f"{where}: {_SAID.get(error['type'], error['msg']).format(name=names[-1])}"
