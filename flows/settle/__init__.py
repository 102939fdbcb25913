"""Validates submissions period by period and decides which of them are in effect."""
