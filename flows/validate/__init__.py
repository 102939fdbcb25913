"""Judges records by the rules of their contract, and across datasets."""
