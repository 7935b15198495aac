"""Write logs, metrics and traces of one function.

Logs are JSON lines, metrics are EMF lines (CloudWatch reads both from stdout), both by aws-lambda-powertools. Spans are
OpenTelemetry's: its API records nothing unless a layer brings an SDK and an exporter (`deployment.traces_layer_arn`).
Names and keys may be logged and traced; never a URL's query, a place or a token.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit
from opentelemetry import trace

NAMESPACE: Final = "Darkroom"
CALLER: Final = 3  # frames above the logging module: powertools' method, ours, then the caller's


class Telemetry:
    """Report what a function does. *service* and *stack* are on every line, metric and span."""

    def __init__(self, *, service: str, stack: str) -> None:
        self.service = service
        self.stack = stack
        self.tracer = trace.get_tracer("darkroom")
        self.logger = Logger(service=service, level="INFO", stack=stack, utc=True, use_rfc3339=True)

    def invocation(self, request_id: str) -> None:
        """Name the invocation on all lines that follow."""
        self.logger.append_keys(request_id=request_id)

    def count(self, metrics: Mapping[str, tuple[float, MetricUnit]], **by: str) -> None:
        """Publish *metrics* as a whole, and once more for each dimension of *by*."""
        line = EphemeralMetrics(namespace=NAMESPACE, service=self.service)
        line.add_dimension("service", self.service)
        line.add_dimension("stack", self.stack)
        for name, value in by.items():
            line.add_dimensions(service=self.service, stack=self.stack, **{name: value})
        for name, (amount, unit) in metrics.items():
            line.add_metric(name, unit, amount)
        line.flush_metrics()

    @contextmanager
    def span(self, name: str, **attributes: str) -> Generator[None]:
        """Trace the block as one span of the current trace; an exception that leaves it marks the span as failed."""
        named = {f"darkroom.{key}": value for key, value in attributes.items()}
        named |= {"darkroom.service": self.service, "darkroom.stack": self.stack}
        with self.tracer.start_as_current_span(name, attributes=named):
            yield

    def info(self, message: str, **fields: Any) -> None:
        """Log an expected event."""
        self.logger.info(message, extra=fields, stacklevel=CALLER)

    def warning(self, message: str, **fields: Any) -> None:
        """Log a failure that will be retried, or that a user caused."""
        self.logger.warning(message, extra=fields, stacklevel=CALLER)

    def defect(self, message: str, error: Exception, **fields: Any) -> None:
        """Log *error* with its traceback: a person has to look into it."""
        self.logger.error(message, extra=fields, exc_info=error, stacklevel=CALLER)


def one(amount: float = 1) -> tuple[float, MetricUnit]:
    """Return *amount* as a metric value of unit Count."""
    return amount, MetricUnit.Count
