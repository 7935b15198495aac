"""Run the load test at a terminal: Locust without its page, and our verdict at the end (--help lists everything)."""

from __future__ import annotations

import sys
from pathlib import Path

from locust.main import main

from bench.load.options import ALWAYS

LOCUSTFILE = Path(__file__).with_name("locustfile.py")

if __name__ == "__main__":
    sys.argv[1:1] = ["--locustfile", str(LOCUSTFILE), *ALWAYS]
    main()
