"""A release is built again byte for byte by a later version of the program, if that makes the same bytes."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from flows.mend import releases
from flows.mend.fix import mend_root
from flows.rebuild import find_differences
from flows.release import manifest
from flows.release.publish import read_published
from flows.root import Root
from flows.system.code import code_version
from schemas.registry import load
from tests.laws.disturbed import MONDAY, TUESDAY, InThisProcess, complaints, day, lenient, whole

LATER = "9.0.0+000000000000"


@pytest.fixture
def made_earlier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Root:
    """A root with two releases of the version before this one."""
    complaints(tmp_path, "mot.csv", 3)
    day(tmp_path, MONDAY)
    day(tmp_path, TUESDAY)
    for module in (manifest, releases):
        monkeypatch.setattr(module, "code_version", lambda: LATER)
    return Root(tmp_path)


@pytest.mark.slow
def test_an_upgrade_is_no_damage(made_earlier: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = str(read_published(made_earlier))
    place = made_earlier.releases / shown
    runner = InThisProcess(Console(quiet=True))
    monkeypatch.setattr("flows.rebuild.start_auditor", lenient)
    assert find_differences(made_earlier, load(), place, runner) == []
    # Nothing says which version made it, but the release before it may be of the same.
    (place / "manifest.json").unlink()
    assert any(shown in said for said in mend_root(made_earlier, load(), runner, lenient))
    assert whole(made_earlier.path) == shown
    assert manifest.read_manifest(place)["code"] == code_version()
    assert day(made_earlier.path, TUESDAY) != shown
