"""No file harms the run: each is refused with its own reason, quickly and in little memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from flows.read import read_file
from schemas.datasets import load
from tests.cost import cost
from tests.flows.read.forms import form, records
from tests.flows.read.hostile import DANGER, REFUSED, WARNED

DATASETS = load()
_ROOT = Path(__file__).parents[4]
#: How many times as much as a register of 4,000 people a file may cost to be refused.
TIMES = 10

_READ_ALL = """
import json, sys
from pathlib import Path
from flows.read import read_file
from schemas.datasets import load
datasets = load()
codes = {}
for path in sorted(Path(sys.argv[1]).iterdir()):
    codes[path.name] = [p.code for p in read_file(path.read_bytes(), path.name, datasets).problems]
status = Path("/proc/self/status").read_text().splitlines()
most = next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))
print(json.dumps([codes, most]))
"""


@pytest.fixture(scope="module")
def honest() -> float:
    """The cost of reading a register of 4,000 people."""
    data = form(DATASETS["dan_cu"], records(DATASETS["dan_cu"], 4_000))
    return cost(lambda: read_file(data, "a.xlsx", DATASETS))


@pytest.mark.parametrize("name", REFUSED)
def test_refuses_with_its_own_reason(name: str, honest: float) -> None:
    make, code = REFUSED[name]
    data = make()
    doc = read_file(data, "a.xlsx", DATASETS)
    assert [problem.code for problem in doc.problems if problem.severity == "chan"] == [code]
    assert doc.tables == ()
    assert cost(lambda: read_file(data, "a.xlsx", DATASETS), goes=2) < TIMES * honest


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux for its peak memory")
def test_refuses_all_of_them_in_200_megabytes(tmp_path: Path) -> None:
    for name, (make, _) in REFUSED.items():
        (tmp_path / name).write_bytes(make())
    run = subprocess.run(
        [sys.executable, "-c", _READ_ALL, str(tmp_path)],
        cwd=_ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    codes, megabytes = json.loads(run.stdout)
    assert codes == {name: [code] for name, (_, code) in REFUSED.items()}
    assert megabytes < 200


@pytest.mark.parametrize("what", WARNED)
def test_reads_and_warns_of_what_a_workbook_carries(what: str) -> None:
    doc = read_file(WARNED[what], "a.xlsm", DATASETS)
    warnings = [p for p in doc.problems if p.code == DANGER]
    assert {p.severity for p in warnings} == {"canh_bao"}
    assert any(what in p.message for p in warnings)
    assert doc.tables[0].cells.height == 5
