"""A root with made-up releases, which take no time, and a post box that only remembers."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from flows.notify.deliver import Telling
from flows.notify.send import NotSentError
from flows.notify.tell import tell
from flows.notify.told import Letter
from flows.release import journal
from flows.release.manifest import MANIFEST, name_release
from flows.root import HERE, Root
from schemas.registry import Contracts, load
from schemas.tables import TABLES

#: A Tuesday, without holidays around it.
TUESDAY = date(2026, 11, 17)
HEAD = "don_vi,ten,dia_chi,vai_tro,tu_ngay"
CONTRACTS = load()
Rows = Sequence[Mapping[str, Any]]


@dataclass
class PostBox:
    """Takes letters, except for `refused` addresses, and none at all while it is `away`."""

    letters: list[tuple[str, Letter]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    away: bool = False

    def __call__(self, sender: str, address: str, letter: Letter) -> None:
        if self.away:
            raise NotSentError("không nối được máy chủ thư", for_all=True)
        if address in self.refused:
            raise NotSentError("máy chủ thư không nhận thư cho địa chỉ này (mã 550)", for_all=False)
        self.letters.append((address, letter))

    def take(self) -> dict[str, Letter]:
        """The letters since the last call, by address; nobody got two."""
        taken, self.letters = self.letters, []
        assert len({address for address, _ in taken}) == len(taken)
        return dict(taken)


@dataclass
class Commune:
    """A commune with a T01, kinh_te and so on, whose releases say what a test wants."""

    root: Root
    contracts: Contracts = field(default_factory=lambda: CONTRACTS)
    box: PostBox = field(default_factory=PostBox)

    def declare(self, *contacts: str) -> None:
        """Declare contacts: lines of unit, name, address, role, since."""
        path = self.root.path / "lien_he.csv"
        path.write_text("\n".join([HEAD, *contacts]) + "\n", encoding="utf-8")
        path.chmod(0o600)

    def publish(self, day: date, **tables: Rows) -> None:
        """Publish a release of `day` with these rows; columns left out are null."""
        self.root.prepare()
        text = json.dumps({"as_of": day.isoformat(), "files": [], "inputs": [], "before": None}).encode()
        name = name_release(day, text)
        place = self.root.releases / name
        place.mkdir(exist_ok=True)
        (place / MANIFEST).write_bytes(text)
        for name_of in TABLES:
            (place / f"{name_of}.parquet").write_bytes(to_parquet(name_of, tables.get(name_of, ())))
        self.root.latest.unlink(missing_ok=True)
        self.root.latest.symlink_to(f"releases/{name}")
        journal.add_line(self.root, name, "cong_bo")

    def tell(self, day: date, at: time = time(9)) -> Telling:
        """Tell everybody at this hour of `day`."""
        return tell(self.root, self.contracts, datetime.combine(day, at, HERE), self.box)


def to_parquet(table: str, rows: Rows) -> bytes:
    """The bytes of a table with these rows."""
    return _write_table(table, rows) if rows else _write_empty(table)


def _write_table(table: str, rows: Rows) -> bytes:
    written = io.BytesIO()
    TABLES[table].conform(pl.DataFrame(rows, infer_schema_length=None)).write_parquet(written)
    return written.getvalue()


@cache
def _write_empty(table: str) -> bytes:
    return _write_table(table, ())


def make_commune(folder: Path) -> Commune:
    return Commune(Root(folder))


def owed(unit: str, due: date, dataset: str = "phan_anh_ha_tang", period: str = "2026-10") -> dict[str, Any]:
    return {
        "unit": unit,
        "dataset": dataset,
        "period": period,
        "due": due,
        "days_late": 0,
        "state": "chua_co",
    }


def came(unit: str, received: str, state: str = "chap_nhan", **more: Any) -> dict[str, Any]:
    usual = {
        "submission": "0" * 64,
        "unit": unit,
        "file": "a.xlsx",
        "received": f"{received}+07:00",
        "dataset": "phan_anh_ha_tang",
        "period": "2026-11",
        "state": state,
        "rows_accepted": 12,
        "rows_quarantined": 0,
    }
    return usual | more


def fault(unit: str, issue: str, code: str = "noi_dung.thieu", **more: Any) -> dict[str, Any]:
    usual = {
        "unit": unit,
        "dataset": "phan_anh_ha_tang",
        "period": "2026-11",
        "submission": "0" * 64,
        "file": "a.xlsx",
        "sheet": "Sheet1",
        "row": 5,
        "column": code.partition(".")[0],
        "cell": "C5",
        "code": code,
        "dimension": "du",
        "severity": "chan",
        "message": "x",
        "issue": issue,
    }
    return usual | more


def issue(
    unit: str, name: str, state: str = "mo", code: str = "noi_dung.thieu", **more: Any
) -> dict[str, Any]:
    return {"unit": unit, "issue": name, "state": state, "code": code, "opened": date(2026, 11, 1)} | more
