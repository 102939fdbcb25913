"""Sets environment variables of Prefect and Dask; import this module before Prefect or Dask.

Prefect's server takes long to start on a new machine, hence the timeout. The log messages of Prefect and
Dask do not help the people who run this program, so only critical ones are shown on the console.
"""

from __future__ import annotations

import os

for _name, _value in {
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # What runs say goes to the server, for their pages, and never to the console.
    "PREFECT_LOGGING_LEVEL": "INFO",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_INTERNAL_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_CLI_PROMPT": "false",
    "DO_NOT_TRACK": "1",
    "DASK_LOGGING": '{"distributed": "critical"}',
}.items():
    os.environ.setdefault(_name, _value)
