"""Reads what units hand in: from the bytes of any file to tables of text with true addresses."""

from flows.read.reader import read_file

__all__ = ["read_file"]
