"""Answers one question in SQL about what is open, in a worker process that is ended if it takes too long."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from flows.release.sql import open_public_database, to_csv

#: Most rows of an answer on the page, and in a download.
SHOWN, MOST = 200, 20_000
_MEMORY, _THREADS = "256MB", 1
_LETTERS = 200


@dataclass(frozen=True, slots=True)
class QuestionJob:
    """Ask the release in the folder `release`."""

    release: Path
    question: str
    size: int = 0

    def do(self) -> dict[str, Any]:
        """`columns`, `rows` as texts, `more` and `csv`; or why it `failed`, in Vietnamese."""
        try:
            said = duckdb.extract_statements(self.question)
        except duckdb.Error as error:
            return {"failed": f"Câu hỏi không hiểu được: {error}"}
        if len(said) != 1 or said[0].type != duckdb.StatementType.SELECT:
            return {"failed": "Chỉ hỏi được một câu, bắt đầu bằng “SELECT” hoặc “FROM”."}
        with open_public_database(self.release, memory=_MEMORY, threads=_THREADS) as database:
            try:
                frame = database.sql(self.question).limit(MOST + 1).pl()
            except duckdb.Error as error:
                return {"failed": f"Câu hỏi không chạy được: {error}"}
        rows = [
            ["" if cell is None else str(cell)[:_LETTERS] for cell in row] for row in frame.head(SHOWN).rows()
        ]
        return {
            "columns": frame.columns,
            "rows": rows,
            "height": min(frame.height, MOST),
            "cut": frame.height > MOST,
            "csv": to_csv(frame.head(MOST)),
        }
