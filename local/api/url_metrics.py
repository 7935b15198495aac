"""Log and measure requests to a function URL as Lambda does.

https://docs.aws.amazon.com/lambda/latest/dg/urls-monitoring.html
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from local.api.worker import Worker
from local.lambdas import metrics, report
from local.lambdas.emf import metric_now
from local.lambdas.invocation import EXITED, TIMED_OUT, Outcome
from local.lambdas.metrics import LAMBDA, MetricWriter
from local.lambdas.report import Usage


@dataclass(frozen=True, kw_only=True, slots=True)
class UrlMetrics:
    """Publish metrics, and log to the stream of the process that has the request. *function*: name of the function."""

    function: str
    metrics: MetricWriter

    def request(self, status: int, *, seconds: float) -> None:
        """Count a request to the URL, also one that no process answered."""
        counts = {
            "UrlRequestCount": 1,
            "Url4xxCount": int(HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR),
            "Url5xxCount": int(status >= HTTPStatus.INTERNAL_SERVER_ERROR),
        }
        named = {"FunctionName": self.function}
        self.metrics.add(metric_now(LAMBDA, name, value, "Count", **named) for name, value in counts.items())
        self.metrics.add([metric_now(LAMBDA, "UrlRequestLatency", 1000 * seconds, "Milliseconds", **named)])

    def start(self, worker: Worker, request_id: str) -> None:
        """Log and count the start of a request."""
        worker.log(report.start(request_id, worker.function))
        self.metrics.add(metrics.began(self.function, concurrent=worker.streams + 1))

    def timed_out(self, worker: Worker, request_id: str) -> None:
        """Log that an answer took longer than the function's timeout."""
        worker.log(report.timeout_line(request_id, worker.function))

    def end(self, worker: Worker, request_id: str, *, seconds: float, failed: bool) -> None:
        """Log and measure the end of a request."""
        worker.measure_mib()
        function, used_mib = worker.function, worker.peak_mib
        late = failed and seconds >= function.timeout_s
        outcome = Outcome(payload=b"", error_type=(TIMED_OUT if late else EXITED) if failed else None)
        usage = Usage(duration_s=seconds, init_s=None, used_mib=used_mib)
        worker.log(report.end(request_id))
        worker.log(report.report(request_id, function, usage, outcome))
        self.metrics.add(
            metrics.ended(
                self.function,
                failed=failed,
                duration_ms=1000 * seconds,
                memory_mib=function.memory_mib,
                used_mib=used_mib,
            )
        )
