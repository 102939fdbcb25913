"""Runs the steps of a day, with or without Prefect, in worker processes with limits and a progress bar."""
