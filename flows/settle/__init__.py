"""Decides which submissions count, period by period."""
