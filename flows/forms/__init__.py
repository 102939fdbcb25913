"""Makes the forms that units fill in, from the contracts, with what is known already filled in."""

from flows.forms.form import build_form
from flows.forms.known import list_known_rows

__all__ = ["build_form", "list_known_rows"]
