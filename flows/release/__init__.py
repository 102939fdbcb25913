"""Writes, seals, publishes, compares, verifies, traces and removes releases."""
