"""Run the load test at a terminal: Locust without its page, and our verdict at the end (--help lists everything)."""

from __future__ import annotations

import sys
from pathlib import Path

from locust.main import main

from bench.load import options as _options  # noqa: F401 - registers the options
from bench.load.verdict import STOP_S

LOCUSTFILE = Path(__file__).with_name("locustfile.py")
# What has begun when the last phase is over may come to its end.
QUIET = ("--headless", "--only-summary", "--loglevel", "WARNING", "--stop-timeout", str(STOP_S))

if __name__ == "__main__":
    sys.argv[1:1] = ["--locustfile", str(LOCUSTFILE), *QUIET]
    main()
