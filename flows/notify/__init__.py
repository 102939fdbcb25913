"""Tells people in time what changed: units what they owe, the engineer what failed, the chairman his week."""
