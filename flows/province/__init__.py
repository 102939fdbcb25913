"""Runs the day of many communes on a Dask cluster, then publishes one release of the province."""
