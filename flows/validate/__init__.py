"""Judges records by the rules of their contract, and by the rules that compare datasets."""
