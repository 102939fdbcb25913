from __future__ import annotations

from pathlib import Path

import pandera.polars as pa
import polars as pl
import pytest
from pandera.config import config_context

from flows.cli.main import main
from flows.errors import NotAsDeclaredError, message_of
from flows.release import proof
from flows.release.parquet import write_table
from flows.release.proof import RecordProof, prove
from schemas.published import table_schema
from schemas.tables import RANKING
from tests.conftest import lines

GOOD = pl.DataFrame(
    {
        "period": ["2026-10"] * 2,
        "thon": ["T01", "T02"],
        "score": [1.0, 0.5],
        "rank": [1, 2],
        "computed_from": ["bao_cao_dung_han"] * 2,
    },
    schema=RANKING.schema,
)
SCHEMA = table_schema(RANKING)


def test_a_good_table_passes() -> None:
    assert prove(GOOD, SCHEMA) is GOOD


@pytest.mark.parametrize(
    ("wrong", "column", "check"),
    [
        (GOOD.with_columns(score=pl.lit(1.5)), "score", "in_range ở 2 dòng"),
        (GOOD.with_columns(thon=pl.lit(None, pl.String)), "thon", "not_nullable ở 2 dòng"),
        (GOOD.with_columns(rank=pl.col("rank").cast(pl.Int64)), "rank", "dtype('UInt32')"),
        (GOOD.with_columns(thon=pl.lit("T01")), "period, thon", "multiple_fields_uniqueness ở 2 dòng"),
        (GOOD.drop("rank"), "rank", "column_in_dataframe"),
        (GOOD.with_columns(la=1), "la", "column_in_schema"),
    ],
    ids=["range", "null", "type", "key", "lost", "surplus"],
)
def test_what_is_wrong_is_told_by_table_column_and_check(
    wrong: pl.DataFrame, column: str, check: str
) -> None:
    with pytest.raises(NotAsDeclaredError) as raised:
        prove(wrong, SCHEMA)
    said = f"- Bảng ranking, cột {column}: không qua được kiểm tra {check}."
    assert said in message_of(raised.value).splitlines()


def test_no_value_is_told() -> None:
    with pytest.raises(NotAsDeclaredError) as raised:
        prove(GOOD.with_columns(period=pl.lit("Bùi Văn Mẫu 038090000001")), SCHEMA)
    assert "Bùi" not in str(raised.value)
    assert "038" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None


def test_what_the_environment_tells_pandera_to_leave_out_is_checked_all_the_same() -> None:
    with config_context(validation_enabled=False), pytest.raises(NotAsDeclaredError):
        prove(GOOD.with_columns(score=pl.lit(1.5)), SCHEMA)


def test_a_table_that_is_not_as_declared_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(NotAsDeclaredError, match="ranking, cột score"):
        write_table(tmp_path, RANKING, GOOD.with_columns(score=pl.lit(1.5)))
    assert list(tmp_path.iterdir()) == []


def pieces(count: int, wrong_at: int | None = None) -> list[pl.DataFrame]:
    thon = [f"T{at:02}" for at in range(count)]
    scores = [2.0 if at == wrong_at else 0.5 for at in range(count)]
    whole = pl.DataFrame({"thon": thon, "score": scores}).with_columns(
        period=pl.lit("2026-10"), rank=pl.lit(1), computed_from=pl.lit("")
    )
    return [RANKING.conform(whole[at : at + 1]) for at in range(count)]


@pytest.mark.parametrize("at_once", [1, 2, 100])
@pytest.mark.parametrize("wrong_at", [0, 3, 4, None])
def test_pieces_are_checked_in_heaps_each_once(
    at_once: int, wrong_at: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[int] = []

    def count(frame: pl.DataFrame, schema: pa.DataFrameSchema) -> pl.DataFrame:
        checked.append(frame.height)
        return prove(frame, schema)

    monkeypatch.setattr(proof, "ROWS_AT_ONCE", at_once)
    monkeypatch.setattr(proof, "prove", count)

    def watch() -> list[pl.DataFrame]:
        with RecordProof(lambda _: SCHEMA) as watching:
            return list(watching.watch("ranking", pieces(5, wrong_at)))

    if wrong_at is None:
        assert pl.concat(watch()).equals(pl.concat(pieces(5)))
        assert sum(checked) == 5
        assert len(checked) == {1: 5, 2: 3, 100: 1}[at_once]
    else:
        with pytest.raises(NotAsDeclaredError):
            watch()


def test_the_command_ends_with_5_and_publishes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "raw" / "inbox" / "T01" / "phan anh.csv"
    path.parent.mkdir(parents=True)
    heading = ["STT", "Ngày phản ánh", "Nhà mạng", "Nội dung", "Trạng thái", "Ngày giải quyết"]
    row = [1, "20/09/2026", "Viettel", "Mất sóng đầu thôn", "Mới", None]
    path.write_text(lines([["Tháng 10 năm 2026"], heading, row]), encoding="utf-8")
    monkeypatch.setattr("flows.day_tables.compute_ranking", lambda *_: GOOD.with_columns(score=pl.lit(1.5)))
    run = ["dulieuxa", "run", "--plain", "--date", "2026-11-24", "--root", str(tmp_path)]
    monkeypatch.setattr("sys.argv", run)
    monkeypatch.delenv("DULIEUXA_DEBUG", raising=False)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 5
    assert "Bảng ranking, cột score: không qua được kiểm tra in_range ở 2 dòng." in capsys.readouterr().err
    assert not (tmp_path / "curated" / "latest").exists()
