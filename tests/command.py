"""The command as a person calls it, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def dulieuxa(*words: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("dulieuxa")), *words],
        env=os.environ | {"PREFECT_HOME": str(home), "COLUMNS": "100"} | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
