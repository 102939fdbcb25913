"""The page says what the day says; the day counts what was handed in there, a corrected copy at last."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from rich.console import Console

from flows.check import check
from flows.collect.archive import read_receipts
from flows.collect.hand_in import make_name
from flows.day import run_day
from flows.engine.plain import PlainRunner
from flows.root import HERE, Root, read_contracts
from flows.web.hand_in import VIA
from flows.web.judging import describe_checked
from schemas.registry import load
from tests.conftest import Day
from tests.flows.web.clerk import DATASET, fill_in
from tests.flows.web.visitor import copy_root, serve

pytestmark = pytest.mark.slow
UNIT = "T02"


def test_the_day_counts_the_corrected_copy(planted: Day, tmp_path: Path) -> None:
    root = Root(copy_root(planted.root.path, tmp_path / "xa"))
    with serve(root.path) as served:
        binh = served.visitor("binh")
        form = binh.client.get(f"/bieu-mau/{DATASET}").content
        data, meant = fill_in(form)
        binh.upload_and_wait("ho.xlsx", data)
        fields = {name: value for name, value in binh.fields().items() if name[0] != "d"}
        draft = served.desk.drafts.find(UNIT, binh.draft)
        assert draft is not None
        assert draft.result is not None
        for at, cell in enumerate(draft.result["inputs"]):
            fields[f"o.{at}"] = meant[cell["cell"]]
        binh.post(f"/nop/{binh.draft}/sua", **fields)
        binh.look_until_judged()
        assert "Không còn lỗi nào" in binh.page
        binh.post(f"/nop/{binh.draft}/gui")
        # The page says what is; a day that begins meanwhile reads whole files.
        today = datetime.now(HERE).date()
        outcome = run_day(root, load(), today, PlainRunner(Console(quiet=True)), "phép thử")
        assert outcome.release is not None
        release = root.latest.resolve()
        came = pl.read_parquet(release / "submissions.parquet").filter(
            pl.col("unit") == UNIT, pl.col("file").str.starts_with("ho")
        )
        states = dict(came.select("file", "state").iter_rows())
        # Every row of the original had a fault, so that none of them counts.
        assert states == {"ho.xlsx": "tu_choi", "ho (sửa trên trang).xlsx": "chap_nhan"}
        counted = came.filter(pl.col("state") == "chap_nhan").row(0, named=True)
        assert counted["rows_accepted"] == 4
        assert counted["rows_quarantined"] == 0
        faults = pl.read_parquet(release / "faults.parquet").filter(
            pl.col("submission").is_in(came["submission"].to_list())
        )
        assert faults["code"].to_list() == []
        receipts = [each for each in read_receipts(root) if each.submission.file.startswith("ho")]
        assert {each.via for each in receipts} == {VIA}
        binh.get("/don-vi")
        assert make_name("ho (sửa trên trang).xlsx") in binh.page


def test_what_it_says_of_a_file_is_what_the_day_says(planted: Day, tmp_path: Path) -> None:
    root = Root(copy_root(planted.root.path, tmp_path / "xa"))
    contracts = read_contracts(root, load())
    files = [sorted(folder.iterdir())[0] for folder in sorted(root.inbox.iterdir()) if any(folder.iterdir())]
    with serve(root.path) as served:
        binh = served.visitor("binh")
        for file in files[:: len(files) // 3]:
            binh.upload_and_wait(file.name, file.read_bytes())
            draft = served.desk.drafts.find(UNIT, binh.draft)
            assert draft is not None
            checked = check(draft.file.original, UNIT, served.desk.today, contracts, root)
            said = describe_checked(checked, draft.file.original, contracts)
            around = {"version": 0, "whole": True, "copy": f"goc/{draft.file.name}"}
            assert draft.result == json.loads(json.dumps(said)) | around, file.name
            binh.post(f"/nop/{binh.draft}/bo")
