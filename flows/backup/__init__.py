"""Copies a root to another disk and back."""
