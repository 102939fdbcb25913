"""Two small made-up communes, written once: one with faults, one clean."""

import csv
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

import pytest

from flows import sample


@dataclass(frozen=True)
class Written:
    root: Path
    summary: sample.Summary
    truth: list[dict[str, str]]

    @property
    def files(self) -> list[Path]:
        return sorted(path for path in (self.root / "raw" / "inbox").rglob("*") if path.is_file())

    def file(self, unit: str, name: str) -> Path:
        """The file by its name as a run reports it, in NFC."""
        folder = self.root / "raw" / "inbox" / unit
        return next(path for path in folder.iterdir() if normalize("NFC", path.name) == name)


def written(root: Path, *, clean: bool = False, seed: int = 7) -> Written:
    summary = sample.write(root, seed=seed, persons=600, clean=clean, truth=root / "truth.csv")
    with (root / "truth.csv").open(encoding="utf-8", newline="") as lines:
        return Written(root, summary, list(csv.DictReader(lines)))


@pytest.fixture(scope="session")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return written(tmp_path_factory.mktemp("faulty"))


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return written(tmp_path_factory.mktemp("clean"), clean=True)
