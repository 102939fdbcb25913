"""Builds the analyst's page: every table and column described, the code lists, example queries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows import words
from flows.report.page_data import PageData
from flows.report.tables import Row
from schemas.contract import Column, Dataset
from schemas.indicator import Grouping, Indicator
from schemas.open_tables import describe_forms, forms_of, open_grain
from schemas.privacy import PROTECTIONS, protection
from schemas.tables import TABLES, PublishedTable
from schemas.units import KINDS

_GROUPINGS: Mapping[Grouping, str] = {"xa": "cả xã", "don_vi": "từng đơn vị", "thon": "từng thôn"}


def page_content(release: PageData) -> Mapping[str, Any]:
    """Everything that the template `phan_tich.html.j2` shows."""
    return {
        "tables": [_table(release, table) for table in TABLES.values()],
        "enumerations": list(words.WORDS.items()),
        "datasets": [_dataset(release, dataset) for dataset in release.names.datasets.values()],
        "indicators": [
            _indicator(indicator, release.as_of.year) for indicator in release.names.indicators.values()
        ],
        "units": [
            (unit.name, release.names.unit(unit.name), KINDS[unit.kind])
            for unit in release.names.commune.units
        ],
        "examples": _examples(release),
    }


def _table(release: PageData, table: PublishedTable) -> Row:
    return {
        "name": table.name,
        "title": table.title,
        "grain": table.grain,
        "internal": table.internal,
        "rows": getattr(release.tables, table.name).height,
        "columns": [(name, str(field.dtype), field.says) for name, field in table.fields.items()],
        "present": (release.folder / f"{table.name}.parquet").exists(),
    }


def _dataset(release: PageData, dataset: Dataset) -> Row:
    return {
        "name": dataset.name,
        "title": dataset.title,
        "grain": dataset.grain,
        "owner": KINDS.get(dataset.unit, dataset.unit),
        "cadence": words.CADENCES[dataset.cadence],
        "basis": words.BASES[dataset.basis],
        "due": dataset.due,
        "key": dataset.key,
        "present": (release.folder / "data" / dataset.name).is_dir(),
        "opened": (release.folder / "open" / dataset.name).is_dir(),
        "open_grain": open_grain(dataset),
        "columns": [_column(column, dataset) for column in dataset.columns],
        "rules": [(rule.code, rule.says, rule.severity) for rule in release.names.rules[dataset.name]],
    }


def _indicator(indicator: Indicator, year: int) -> Row:
    target = indicator.target(year)
    of_thon = "thon" in indicator.by
    return {
        "name": indicator.name,
        "title": indicator.title,
        "paragraph": indicator.from_,
        "counted": indicator.counted,
        "by": ", ".join(_GROUPINGS[by] for by in indicator.by),
        "sources": [dataset.title for dataset in indicator.datasets("thon" if of_thon else "xa")]
        or ["Sổ điểm danh giao nộp"],
        "muc_tieu": target.muc_tieu if target else None,
        "san": target.san if target else None,
        "weight": indicator.thi_dua or None,
    }


def _column(column: Column, dataset: Dataset) -> Row:
    return {
        "name": column.name,
        "label": column.label.replace(" > ", ", ") + (f" ({column.unit})" if column.unit else ""),
        "kind": column.kind.title,
        "required": "có" if column.required else "không",
        "published": PROTECTIONS[protection(column)],
        "opened": describe_forms(forms_of(column, dataset)),
        "allowed": _allowed(column),
    }


def _allowed(column: Column) -> str:
    if column.of:
        digits = {value: code for code, value in column.codes.items()}
        return ", ".join(f"{value} ({digits[value]})" if value in digits else value for value in column.of)
    if column.range:
        low, high = column.range
        most = "" if high == float("inf") else f" đến {words.number(high, 2)}"
        return f"từ {words.number(low, 2)}{most}"
    return ""


def _examples(release: PageData) -> list[Row]:
    thon = next(iter(release.names.commune.thon), None)
    key = thon.code if thon else "T01"
    return [
        {
            "title": "Chỉ tiêu cấp xã, kỳ gần nhất (polars)",
            "code": "import polars as pl\n\n"
            'chi_tieu = pl.read_parquet("curated/latest/indicators.parquet")\n'
            'chi_tieu.filter(pl.col("by") == "xa").sort("period").group_by("indicator").last()',
        },
        {
            "title": "Lỗi chặn theo đơn vị và bộ dữ liệu (DuckDB)",
            "code": "SELECT unit, dataset, code, count(*) AS so_loi\n"
            "FROM 'curated/latest/faults.parquet'\nWHERE severity = 'chan'\n"
            "GROUP BY ALL ORDER BY so_loi DESC;",
        },
        {
            "title": "Người dân theo nhóm tuổi và giới tính, từ bảng mở (polars)",
            "code": "import polars as pl\n\n"
            'dan_cu = pl.read_parquet("curated/latest/open/dan_cu", hive_partitioning=True)\n'
            'dan_cu.group_by("ky", "ngay_sinh", "gioi_tinh").len()',
        },
        {
            "title": "Mọi kỳ của một bộ dữ liệu (DuckDB)",
            "code": "SELECT ky, _unit, count(*) AS so_dong\n"
            "FROM read_parquet('curated/latest/data/ho_gia_dinh/*/*.parquet', hive_partitioning = true, "
            "hive_types_autocast = false)\nGROUP BY ALL ORDER BY ky, _unit;",
        },
        {
            "title": "Báo cáo trễ hạn, chưa nộp của một thôn (pandas)",
            "code": "import pandas as pd\n\n"
            'giao_nop = pd.read_parquet("curated/latest/roll_call.parquet")\n'
            f'giao_nop[(giao_nop["unit"] == "{key}") & giao_nop["state"].isin(["tre_han", "chua_co"])]',
        },
    ]
