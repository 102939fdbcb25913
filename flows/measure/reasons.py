"""Writes the reason beside a figure: what is missing, what was left out, why there is no value."""

from __future__ import annotations

import polars as pl

from schemas.privacy import SMALLEST_GROUP


def add_reasons(figures: pl.DataFrame) -> pl.DataFrame:
    """Add `reason` (a Vietnamese sentence for people); null if there is nothing to explain."""
    blocked, unanswered = (pl.col(name).fill_null(0.0).cast(pl.Int64) for name in ("blocked", "open"))
    without_value = pl.col("value").is_null() & pl.col("usable")
    left_out = (
        pl.when(blocked > 0)
        .then(
            pl.when("of_roll_call")
            .then(pl.format("{} báo cáo chưa đến hạn", blocked))
            .otherwise(pl.format("{} dòng bị chặn, chưa tính", blocked))
        )
        .otherwise(None)
    )
    empty = (
        pl.when(without_value & pl.col("is_count"))
        .then(pl.lit("Không có dòng nào dùng được"))
        .when(without_value)
        .then(pl.lit("Mẫu số bằng 0"))
    )
    undecided = pl.when((pl.col("status") == "chua_du_can_cu") & pl.col("value").is_not_null()).then(
        pl.lit("Phần chưa có có thể đổi kết luận")
    )
    missing = pl.when(pl.col("missing") != "").then("missing")
    unsaid = pl.when(unanswered > 0).then(pl.format("{} dòng chưa ghi Có hoặc Không, chưa tính", unanswered))
    all_reasons = pl.concat_str(
        missing, empty, left_out, unsaid, undecided, separator="; ", ignore_nulls=True
    )
    emptied = pl.col("nobody") & (blocked + unanswered > 0)
    small = pl.lit(f"Nhóm dưới {SMALLEST_GROUP} người hoặc hộ, không công bố")
    beside = pl.lit(f"Không công bố, vì từ đó suy ra được nhóm dưới {SMALLEST_GROUP} người của thôn khác")
    reason = (
        pl.when(pl.col("small") & ~emptied)
        .then(small)
        .when("beside")
        .then(beside)
        .when(all_reasons != "")
        .then(all_reasons)
    )
    return figures.with_columns(reason=reason)
