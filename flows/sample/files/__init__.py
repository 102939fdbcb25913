"""Writes the sample's submissions as real offices would: xlsx, xls, ods, CSV, each with its habits."""
