"""Generates the submissions of an invented commune: realistic files with known, planted faults."""

from flows.sample.province import write_province
from flows.sample.write import Summary, write

__all__ = ["Summary", "write", "write_province"]
