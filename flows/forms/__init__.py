"""Builds the Excel forms that units fill in, with data that the commune already has."""

from flows.forms.form import build_form
from flows.forms.known import list_known_rows

__all__ = ["build_form", "list_known_rows"]
