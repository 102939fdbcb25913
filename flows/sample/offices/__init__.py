"""Generates the records that each kind of unit reports."""
