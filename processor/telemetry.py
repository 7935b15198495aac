"""Logs, metrics and traces of one function, by aws-lambda-powertools.

Logs are JSON lines, metrics are EMF lines (CloudWatch reads both from stdout), traces go to X-Ray and
are nothing outside Lambda. Names and keys may be logged; never an address's query, a place or a token.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

if TYPE_CHECKING:
    from aws_lambda_powertools.tracing import Tracer

NAMESPACE: Final = "Darkroom"
CALLER: Final = 3  # frames above the logging module: powertools' method, ours, then whoever has something to say


class Telemetry:
    """Tells people what a function does. *service* and *stack* are on every line and metric."""

    def __init__(self, *, service: str, stack: str, traced: bool = False) -> None:
        self.service = service
        self.stack = stack
        self.tracer = x_ray(service) if traced else None
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
    def span(self, name: str, **annotations: str) -> Generator[None]:
        """Trace the block as one step."""
        if self.tracer is None:
            yield
            return
        provider: Any = self.tracer.provider
        with provider.in_subsegment(f"## {name}") as segment:
            for key, value in annotations.items():
                segment.put_annotation(key, value)
            yield

    def info(self, message: str, **fields: Any) -> None:
        """Log what went as it should."""
        self.logger.info(message, extra=fields, stacklevel=CALLER)

    def warning(self, message: str, **fields: Any) -> None:
        """Log what will be tried again, or what somebody uploaded wrongly."""
        self.logger.warning(message, extra=fields, stacklevel=CALLER)

    def defect(self, message: str, error: Exception, **fields: Any) -> None:
        """Log *error* with its trace: a person has to look."""
        self.logger.error(message, extra=fields, exc_info=error, stacklevel=CALLER)


def x_ray(service: str) -> Tracer:
    """Trace this process and its AWS calls."""
    from aws_lambda_powertools.tracing import Tracer  # noqa: PLC0415 - the SDK takes 30 ms, 120 ms outside Lambda

    return Tracer(service=service, patch_modules=["botocore"])


def one(amount: float = 1) -> tuple[float, MetricUnit]:
    """Count *amount* of something."""
    return amount, MetricUnit.Count
