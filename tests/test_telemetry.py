"""Traces; logs and metrics are tested with what they tell, in tests/handlers."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys

import pytest

from processor.telemetry import Telemetry, one

TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
# The SDK patches botocore for the whole process: a process of its own.
TRACED = """
from processor.telemetry import Telemetry
with Telemetry(service="traced", stack="test", traced=True).span("photo", change="created"):
    pass
"""


def test_without_x_ray_a_span_is_nothing() -> None:
    """The same code runs on a laptop."""
    with Telemetry(service="untraced", stack="test").span("photo", change="created"):
        pass


@pytest.mark.stack
def test_in_lambda_a_span_reaches_the_daemon() -> None:
    """Named, annotated, and part of the trace that Lambda began."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        daemon.bind(("127.0.0.1", 0))
        daemon.settimeout(10)
        address = f"127.0.0.1:{daemon.getsockname()[1]}"
        told = {"LAMBDA_TASK_ROOT": "/var/task", "_X_AMZN_TRACE_ID": TRACE, "AWS_XRAY_DAEMON_ADDRESS": address}
        subprocess.run([sys.executable, "-c", TRACED], env=os.environ | told, check=True)
        _, span = daemon.recv(65_535).decode().splitlines()

    sent = json.loads(span)
    assert ("## photo", {"change": "created"}) == (sent["name"], sent["annotations"])
    assert ("1-5759e988-bd862e3fe1be46a994272793", "53995c3f42cd8ad8") == (sent["trace_id"], sent["parent_id"])


def test_metrics_are_one_line_that_cloudwatch_reads(capsys: pytest.CaptureFixture[str]) -> None:
    """Embedded metric format: no call, no agent."""
    Telemetry(service="counting", stack="test").count({"PhotosRendered": one(3)})

    (line,) = capsys.readouterr().out.splitlines()
    assert '"PhotosRendered":[3.0]' in line
