"""Tests of Lambda's log lines, verbatim."""

from __future__ import annotations

from local.lambdas import report
from local.lambdas.invocation import Outcome, exited, timed_out
from local.lambdas.report import Usage
from tests.factories.functions import function

COLD = Usage(duration_s=0.1234, init_s=0.05, used_mib=99.2)
WARM = Usage(duration_s=0.1234, init_s=None, used_mib=99.2)


def test_the_report_has_time_and_memory() -> None:
    """A cold start is named, and billed."""
    assert (
        "REPORT RequestId: r\tDuration: 123.40 ms\tBilled Duration: 174 ms\tMemory Size: 256 MB\t"
        "Max Memory Used: 100 MB\tInit Duration: 50.00 ms"
    ) == report.report("r", function(), COLD, Outcome(payload=b"1"))


def test_the_report_has_the_error() -> None:
    """In Lambda's words."""
    end = (
        "REPORT RequestId: r\tDuration: 123.40 ms\tBilled Duration: 124 ms\tMemory Size: 256 MB\t"
        "Max Memory Used: 100 MB"
    )

    assert f"{end}\tStatus: timeout" == report.report("r", function(), WARM, timed_out("r", 30))
    assert f"{end}\tStatus: error\tError Type: Runtime.ExitError" == report.report(
        "r", function(), WARM, exited("r", "signal: killed")
    )


def test_an_invocation_begins_and_ends_by_name() -> None:
    """With its version, so that a canary can be distinguished from the stable version."""
    assert ("START RequestId: r Version: 3", "END RequestId: r") == (report.start("r", function()), report.end("r"))
