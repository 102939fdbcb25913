"""Writes the site of a release: Vietnamese pages that open offline, made from its tables and contracts."""

from flows.report.site import write_site

__all__ = ["write_site"]
