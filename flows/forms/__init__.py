"""Makes the forms that units fill in, from the contracts, with what is known already filled in."""

from flows.forms.form import form
from flows.forms.known import known_rows

__all__ = ["form", "known_rows"]
