"""Writes `datapackage.json`, which describes every table and column of a release (Data Package v2)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl

from flows.files import write_file
from flows.release.manifest import count_rows
from schemas.contract import Dataset
from schemas.open_tables import open_columns, open_grain
from schemas.tables import Dtype, PublishedColumn, PublishedTable, record_columns

TYPES = {pl.String: "string", pl.Date: "date", pl.Boolean: "boolean", pl.Float64: "number"}


def write_package(
    folder: Path, whose: str, tables: Iterable[PublishedTable], datasets: Iterable[Dataset] = ()
) -> None:
    """Write `folder`/datapackage.json for its `tables`, and for records and open tables of `datasets`.

    Datasets without a file of records are left out. `whose` names the commune or province in the title.
    """
    records = [describe(folder, dataset) for dataset in datasets for describe in (_records, _open_table)]
    package = {
        "name": "dulieuxa",
        "title": f"Dữ liệu {whose}",
        "resources": [*map(_table, tables), *(resource for resource in records if resource["path"])],
    }
    text = json.dumps(package, ensure_ascii=False, indent=1)
    write_file(folder / "datapackage.json", text.encode(), durable=False)


def _table(table: PublishedTable) -> dict[str, object]:
    return {
        "name": table.name,
        "path": f"{table.name}.parquet",
        "format": "parquet",
        "title": table.title,
        "description": table.grain,
        "schema": {
            "fields": [
                {"name": name, "type": _type(field.dtype), "description": field.says}
                | ({"constraints": {"enum": [*field.of]}} if field.of else {})
                for name, field in table.fields.items()
            ]
        },
    }


def _records(folder: Path, dataset: Dataset) -> dict[str, object]:
    paths = sorted((folder / "data" / dataset.name).rglob("*.parquet"))
    return {
        "name": dataset.name,
        "path": [path.relative_to(folder).as_posix() for path in paths],
        "format": "parquet",
        "title": dataset.title,
        "description": dataset.grain,
        "schema": _schema(record_columns(dataset)),
    }


def _open_table(folder: Path, dataset: Dataset) -> dict[str, object]:
    paths = sorted((folder / "open" / dataset.name).rglob("*.parquet"))
    return {
        "name": f"open.{dataset.name}",
        "path": [path.relative_to(folder).as_posix() for path in paths],
        "format": "parquet",
        "title": f"{dataset.title}, bảng mở",
        "description": open_grain(dataset),
        "rowsLeftOut": {path.parent.name.removeprefix("ky="): count_rows(path)[1] for path in paths},
        "schema": _schema(open_columns(dataset)),
    }


def _schema(columns: Mapping[str, PublishedColumn]) -> dict[str, object]:
    fields = [
        {"name": name, "type": _record_type(column), "description": column.says}
        for name, column in columns.items()
    ]
    return {"fields": fields}


def _record_type(column: PublishedColumn) -> str:
    declared = _type(column.dtype)
    # Readers load a nullable integer column as floats, with NaN for null: "integer" would fail.
    return "number" if declared == "integer" and not column.required else declared


def _type(dtype: Dtype) -> str:
    return next((name for known, name in TYPES.items() if dtype == known), "integer")
