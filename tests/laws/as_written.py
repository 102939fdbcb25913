"""The command line, with files received when they were written: two runs of one day give the same bytes."""

from __future__ import annotations

from functools import partial

import flows.day
from flows.cli.main import main
from flows.collect.inbox import collect, time_written

#: Stands in for `flows.day.collect`.
collect_as_written = partial(collect, when=time_written)

if __name__ == "__main__":
    flows.day.collect = collect_as_written
    main()
