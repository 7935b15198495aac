"""Spans and metrics; logs are tested where they are written, in tests/handlers."""

from __future__ import annotations

import subprocess
import sys

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from processor.telemetry import Telemetry, one


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """Return the exported spans; a layer sets up the SDK before the handler is imported."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    return exporter


def test_without_an_sdk_a_span_records_nothing() -> None:
    """The same code runs on a laptop, and in Lambda without the exporter's layer."""
    with Telemetry(service="untraced", stack="test").span("photo", change="created"):
        assert not trace.get_current_span().is_recording()


def test_a_span_has_its_place_and_attributes(exported: InMemorySpanExporter) -> None:
    """One trace shows the step below its invocation, and can be searched by what the step was about."""
    telemetry = Telemetry(service="rendition", stack="prod")
    with telemetry.span("invocation"), telemetry.span("photo", change="created"):
        pass

    photo, invocation = exported.get_finished_spans()
    assert (invocation.context, "photo") == (photo.parent, photo.name)
    assert photo.attributes == {
        "darkroom.change": "created",
        "darkroom.service": "rendition",
        "darkroom.stack": "prod",
    }


def test_an_exception_marks_its_span_as_failed(exported: InMemorySpanExporter) -> None:
    """It passes through, and the trace names it."""
    with pytest.raises(ValueError, match="a torn file"), Telemetry(service="s", stack="test").span("photo"):
        raise ValueError("a torn file")

    [span] = exported.get_finished_spans()
    assert (False, "ValueError: a torn file") == (span.status.is_ok, span.status.description)


@pytest.mark.stack
def test_a_handler_starts_without_an_sdk() -> None:
    """The API takes 3 ms of a cold start; the SDK comes with its layer or not at all."""
    script = "import sys, processor.handlers.rendition; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "opentelemetry.trace" in loaded
    assert not {"opentelemetry.sdk", "aws_xray_sdk"} & set(loaded)


def test_metrics_are_one_line_that_cloudwatch_reads(capsys: pytest.CaptureFixture[str]) -> None:
    """Embedded metric format: no call, no agent."""
    Telemetry(service="counting", stack="test").count({"PhotosRendered": one(3)})

    (line,) = capsys.readouterr().out.splitlines()
    assert '"PhotosRendered":[3.0]' in line
