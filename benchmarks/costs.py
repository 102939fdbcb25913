"""Measures what reading one file costs the process that reads it; a module of its own, for new processes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from flows.collect.submission import Submission
from flows.intake.cache import SubmissionReader


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor seconds, and megabytes on top of what the process held before."""

    seconds: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class CostOfReading:
    """Reads a submission and returns the cost (Linux only)."""

    reader: SubmissionReader

    def __call__(self, submission: Submission) -> Cost:
        """The cost of reading `submission`.

        Raises:
            ValueError: it has no table.
        """
        held, start = _read_megabytes("VmRSS"), time.process_time()
        read = self.reader(submission)
        seconds, megabytes = time.process_time() - start, _read_megabytes("VmHWM") - held
        if not read.rows.height:
            raise ValueError(f"{submission.file} was not read")
        return Cost(seconds, megabytes)


def _read_megabytes(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(name))) / 1024
