"""Settings of Prefect and Dask that must stand before they are imported: import this module first.

Its server takes long to start on a machine that never ran it, and what it says of that is for its
makers, not for those who run this.
"""

from __future__ import annotations

import os

for _name, _value in {
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_INTERNAL_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_CLI_PROMPT": "false",
    "DO_NOT_TRACK": "1",
    # What Dask says of its workers is for its makers too.
    "DASK_LOGGING": '{"distributed": "critical"}',
}.items():
    os.environ.setdefault(_name, _value)
