"""A browser of this machine, for tests of pages; modules that import it are skipped where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.waiting import WITHIN_SECONDS

_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
sync_api = pytest.importorskip("playwright.sync_api", reason="no driver of browsers here")

#: The marks of a module whose tests look at pages.
IN_A_BROWSER = [pytest.mark.slow, pytest.mark.skipif(_CHROMIUM is None, reason="no Chromium here")]


@contextmanager
def open_browser() -> Iterator[Any]:
    """A started browser; what is expected of a page may take its time."""
    with sync_api.sync_playwright() as playwright:
        sync_api.expect.set_options(timeout=WITHIN_SECONDS * 1_000)
        started = playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()
