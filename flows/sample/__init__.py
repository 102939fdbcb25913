"""A believable commune: the files of invented people, as offices would send them, with planted faults."""

from flows.sample.province import write_province
from flows.sample.write import Summary, write

__all__ = ["Summary", "write", "write_province"]
