"""Audits with Great Expectations what is about to be published; counts only, no value leaves a table."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import polars as pl

from flows.refusal import AuditRefusedError
from schemas.contract import Dataset
from schemas.privacy import protection
from schemas.registry import Contracts
from schemas.tables import TABLES

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

STATES = ("chap_nhan", "mot_phan", "tu_choi", "bi_thay_the", "trung")
STATUSES = ("dat", "dat_san", "chua_dat", "chua_du_can_cu", "khong_co_muc_tieu")
CALLED = ("dung_han", "tre_han", "chua_co", "khong_phat_sinh", "chua_den_han")


def _library() -> Any:
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations  # noqa: PLC0415 - seconds to import, wanted only when there is something to audit

    return great_expectations


def warm_up() -> Thread:
    """Import the library beside other work, so that the audit need not wait for it."""
    thread = Thread(target=_library, daemon=True)
    thread.start()
    return thread


def audit(folder: Path, contracts: Contracts) -> int:
    """Hold the staged release in `folder` to what every release must be; returns how many expectations held.

    Raises:
        AuditRefusedError: an expectation failed.
    """
    gx = _library()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("ban_cong_bo")
    held, reasons = 0, []
    for name, (frame, expectations) in _suites(gx.expectations, folder, contracts).items():
        whole = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe(name)
        suite = gx.ExpectationSuite(name=name, expectations=expectations)
        batch = whole.get_batch(batch_parameters={"dataframe": frame.to_pandas()})
        results = batch.validate(suite, result_format="BASIC").results
        for result in results:
            if result.success:
                held += 1
            else:
                reasons.append(_reason(result.expectation_config.notes, result.result))
    if reasons:
        raise AuditRefusedError(reasons)
    return held


def _reason(sentence: str, result: Mapping[str, Any]) -> str:
    count = result.get("unexpected_count")
    return f"{sentence} ({count} dòng)." if count else f"{sentence}."


Suite = tuple[pl.DataFrame, list["Expectation"]]


def _suites(expect: Any, folder: Path, contracts: Contracts) -> dict[str, Suite]:
    """For each table what must be true of it, its note the sentence to say where it is not."""
    tables = {name: pl.read_parquet(folder / f"{name}.parquet") for name in TABLES}
    submissions = tables["submissions"].with_columns(
        told=pl.sum_horizontal("rows_left_out", "rows_accepted", "rows_quarantined").cast(pl.UInt32)
    )
    called = tables["roll_call"]
    return {
        "submissions": (
            submissions,
            [
                expect.ExpectColumnPairValuesToBeEqual(
                    column_A="rows_seen",
                    column_B="told",
                    notes="Số dòng đọc khác số dòng bỏ ra, công bố và giữ lại",
                ),
                expect.ExpectColumnValuesToBeInSet(
                    column="state", value_set=list(STATES), notes="Lượt nộp có trạng thái lạ"
                ),
            ],
        ),
        "roll_call": (
            called,
            [
                expect.ExpectColumnDistinctValuesToContainSet(
                    column="unit",
                    value_set=_owing(called, contracts),
                    notes="Điểm danh thiếu đơn vị phải nộp",
                ),
                expect.ExpectColumnValuesToBeInSet(
                    column="state", value_set=list(CALLED), notes="Điểm danh có trạng thái lạ"
                ),
                expect.ExpectCompoundColumnsToBeUnique(
                    column_list=["unit", "dataset", "period"], notes="Điểm danh có dòng trùng"
                ),
            ],
        ),
        "indicators": (
            tables["indicators"],
            [
                expect.ExpectCompoundColumnsToBeUnique(
                    column_list=["indicator", "period", "by", "key"], notes="Chỉ tiêu có dòng trùng"
                ),
                expect.ExpectColumnValuesToBeInSet(
                    column="status", value_set=list(STATUSES), notes="Chỉ tiêu có trạng thái lạ"
                ),
                expect.ExpectColumnPairValuesAToBeGreaterThanB(
                    column_A="high",
                    column_B="low",
                    or_equal=True,
                    ignore_row_if="either_value_is_missing",
                    notes="Cận trên của chỉ tiêu nhỏ hơn cận dưới",
                ),
                expect.ExpectColumnValuesToBeBetween(
                    column="completeness",
                    min_value=0,
                    max_value=1,
                    notes="Tỷ lệ đủ của chỉ tiêu nằm ngoài 0 đến 1",
                ),
            ],
        ),
        "records": (
            _records(folder, contracts),
            [
                expect.ExpectColumnPairValuesToBeEqual(
                    column_A="rows", column_B="keys", notes="Bản ghi công bố trùng khóa"
                ),
                expect.ExpectColumnValuesToBeBetween(
                    column="blanks", min_value=0, max_value=0, notes="Bản ghi công bố thiếu ô bắt buộc"
                ),
            ],
        ),
    }


def _owing(called: pl.DataFrame, contracts: Contracts) -> list[str]:
    """Units that owe a dataset of which anybody owes a period."""
    owed = set(called["dataset"])
    datasets = (dataset for dataset in contracts.datasets.values() if dataset.name in owed)
    return sorted({unit.name for dataset in datasets for unit in contracts.commune.owing(dataset)})


def _records(folder: Path, contracts: Contracts) -> pl.DataFrame:
    """Per file of records: rows, distinct keys, blank cells of required columns."""
    counted = [
        _counted(pl.read_parquet(path, hive_partitioning=False), contracts.datasets[path.parts[-3]])
        for path in sorted((folder / "data").glob("*/*/*.parquet"))
    ]
    empty = pl.DataFrame(schema=dict.fromkeys(("rows", "keys", "blanks"), pl.UInt32))
    return pl.concat([empty, *counted])


def _counted(records: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    required = [c.name for c in dataset.columns if c.required and protection(c) != "bo"]
    return records.select(
        rows=pl.len(),
        keys=pl.struct(dataset.key).n_unique(),
        blanks=pl.sum_horizontal(pl.col(required).null_count()).cast(pl.UInt32),
    )
