"""The site of a release: pages in Vietnamese that open offline, made from the release's tables alone."""

from flows.report.site import write_site

__all__ = ["write_site"]
