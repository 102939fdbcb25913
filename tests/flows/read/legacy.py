"""Loads the generator of columns in legacy fonts from the benchmarks."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

_BENCHMARKS = str(Path(__file__).parents[3] / "benchmarks")
if _BENCHMARKS not in sys.path:
    sys.path.append(_BENCHMARKS)

_made = importlib.import_module("ambiguous_fonts")
any_name, encoded, mixed_column, FONTS = _made.any_name, _made.encoded, _made.mixed_column, _made.FONTS
score = importlib.import_module("ambiguity").score
