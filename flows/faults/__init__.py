"""Faults in one table, followed over the days, grouped by cause and explained."""
