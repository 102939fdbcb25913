"""Generates the invented people of the sample."""
