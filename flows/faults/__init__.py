"""Publishes the faults of a day, follows them over time, groups them by cause and explains their codes."""
