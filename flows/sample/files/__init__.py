"""Writes sample submissions as files like those of real offices: xlsx, ods or CSV, in varying styles."""
