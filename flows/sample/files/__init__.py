"""Writes the sample's hand-ins as real offices would: xlsx, xls, ods, CSV, each with its habits."""
