"""Knows letters of other scripts that look like those of Vietnamese, and names them in a text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from unicodedata import normalize

import polars as pl

#: By name of the script: letters that look like Latin ones, and the letters that they look like.
_SCRIPTS: Mapping[str, tuple[str, str]] = {
    "Kirin": ("АВЕЅІЈКМНОРСТУХҮаеѕіјорсухһԁԛԝ", "ABESIJKMHOPCTYXYaesijopcyxhdqw"),
    "Hy Lạp": ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEZHIKMNOPTYXo"),
    "lạ": ("ÐðƉɖıɑɡ", "ĐđĐđiag"),
}


def _list_letters() -> Iterator[tuple[str, str, str]]:
    """Each letter, also with a tone mark where the two are one character; its Latin letter and script."""
    for script, (letters, latin) in _SCRIPTS.items():
        for letter, meant in zip(letters, latin, strict=True):
            for mark in ("", "\u0300", "\u0301"):
                composed = normalize("NFC", letter + mark)
                if len(composed) == 1:
                    yield composed, normalize("NFC", meant + mark), script


_TO_LATIN = str.maketrans({letter: meant for letter, meant, _ in _list_letters()})
_DESCRIBED = {
    letter: f"“{letter}” là chữ {script} trông như “{meant}”" for letter, meant, script in _list_letters()
}
#: The inside of a character class of a regular expression, for one of these letters.
LOOK_ALIKES = "".join(_DESCRIBED)


def to_latin(text: str) -> str:
    """`text` with Latin letters in place of those that only look like them."""
    return normalize("NFC", text.translate(_TO_LATIN))


def name_look_alikes(text: pl.Expr) -> pl.Expr:
    """A Vietnamese sentence that names each such letter in `text`; null if there is none."""
    found = text.str.extract_all(f"[{LOOK_ALIKES}]").list.unique(maintain_order=True)
    described = pl.element().replace_strict(_DESCRIBED, default=None, return_dtype=pl.String)
    named = found.list.eval(described).list.join(", ")
    return pl.when(found.list.len() > 0).then(
        pl.format("Trong ô, {}. Gõ lại bằng chữ cái tiếng Việt.", named)
    )
