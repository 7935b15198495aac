"""Run the rendition function in a process of its own, as Lambda does, without the network.

``python -m bench.sandbox PHOTO REPEATS REPORT`` delivers an upload of the file PHOTO to the real handler: once cold,
then REPEATS times warm. It writes one JSON object to the file REPORT, since the function's own log goes to stdout.
Exit code 3: the photo was not rendered; the report says how it ended.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, cast

from bench.processes import tree_peak_mib
from bench.wire import Wire, covered_s
from bench.worker import CANNOT_RUN
from processor.errors import PhotoError
from processor.events import ObjectEvent
from processor.handlers.batch import BatchWorker
from processor.imaging.model import Rendering, RenderInputs
from processor.imaging.renderer import Renderer
from processor.recipe import Recipe
from processor.settings.functions import RenditionEnv
from processor.settings.services import RenditionSettings
from processor.source import Source
from processor.telemetry import Telemetry
from processor.upload.assembly import lanes, upload_pipeline
from processor.upload.events import read_uploads
from processor.upload.reports import ReportedUpload
from testkit.contexts import Context
from testkit.events import s3_event, s3_record, sqs_event

CDN_HOST, STACK = "cdn.example.com", "bench"
LANE = "https://sqs.us-east-1.amazonaws.com/123456789012/bench-uploads"
ENVIRONMENT = {"AWS_DEFAULT_REGION": "us-east-1"}


@dataclass(kw_only=True)
class TimedRenderer:
    """The function's renderer. *began*: when it got its last photo, *render_ms*: how long that took.

    A verdict is kept and passed on.
    """

    renderer: Renderer
    began: float = 0.0
    render_ms: float = 0.0
    verdict: PhotoError | None = None

    def render(
        self, source: Source, recipe: Recipe, *, file_name: str, inputs: RenderInputs, seconds_left: float | None = None
    ) -> Rendering:
        """Render and take the time."""
        self.began = perf_counter()
        try:
            return self.renderer.render(source, recipe, file_name=file_name, inputs=inputs, seconds_left=seconds_left)
        except PhotoError as verdict:
            self.verdict = verdict
            raise
        finally:
            self.render_ms = (perf_counter() - self.began) * 1000


class NotRendered(Exception):
    """The photo ended otherwise; the text says how."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Function:
    """The function, ready for its first event."""

    worker: BatchWorker[ObjectEvent]
    renderer: TimedRenderer
    wire: Wire

    def deliver(self, event: dict[str, Any]) -> dict[str, float]:
        """Time one invocation (ms): as a whole, in the renderer, in calls of AWS, and taking the original in.

        The last is from the answer of its GET to the renderer: reading, hashing and holding it; *reading_ms* is how
        long the same reads take by themselves. Raises NotRendered.
        """
        self.wire.calls.clear()
        started = perf_counter()
        answer = self.worker.handle(event, cast("Any", Context()))
        wall_ms = (perf_counter() - started) * 1000
        if self.renderer.verdict:
            raise NotRendered(str(self.renderer.verdict.verdict))
        if answer != {"batchItemFailures": []}:
            raise NotRendered("the message came back; the function's log says why")
        calls_ms = covered_s(self.wire.calls) * 1000
        answered = max(end for _, end in self.wire.calls if end <= self.renderer.began)
        times = {
            "wall_ms": wall_ms,
            "render_ms": self.renderer.render_ms,
            "calls_ms": calls_ms,
            "intake_ms": (self.renderer.began - answered) * 1000,
            "reading_ms": self.wire.reading_s() * 1000,
        }
        return {name: round(ms, 2) for name, ms in times.items()}


def function(photo: Path, renderer: Renderer) -> Function:
    """Assemble the function as its handler does, over a wire that holds *photo*."""
    settings = RenditionSettings()
    env = RenditionEnv.of(settings, stack=STACK, cdn_host=CDN_HOST, lane_queue_urls=(LANE,), purge_queue_url=LANE)
    wire, timed = Wire(bucket=settings.originals_bucket, photo=photo), TimedRenderer(renderer=renderer)
    session = wire.session()
    line, queues = upload_pipeline(env, session, renderer=timed), lanes(env, session)
    telemetry = Telemetry(service=env.service, stack=STACK)
    return Function(
        worker=BatchWorker(
            read=read_uploads,
            apply=ReportedUpload(process=line.process, telemetry=telemetry),
            telemetry=telemetry,
            change_visibility=queues.change_visibility,
            heartbeat=True,
        ),
        renderer=timed,
        wire=wire,
    )


def upload_of(photo: Path) -> dict[str, Any]:
    """Write the event of an upload of *photo*."""
    bucket = RenditionSettings().originals_bucket
    return sqs_event(s3_event(s3_record(f"bench/{photo.name}", bucket=bucket, size=photo.stat().st_size)))


def measure(photo: Path, repeats: int) -> dict[str, Any]:
    """Time the function; the peak memory is that of the first photo."""
    with Renderer() as renderer:
        ready, event = function(photo, renderer), upload_of(photo)
        cold = ready.deliver(event)
        peak = tree_peak_mib(os.getpid())
        return {
            "cold_ms": cold["wall_ms"],
            "peak_rss_mib": peak,
            "samples": [ready.deliver(event) for _ in range(repeats)],
        }


def main(photo: str, repeats: str, report: str) -> int:
    """Measure and write the report."""
    os.environ.update(ENVIRONMENT)
    try:
        said = measure(Path(photo), int(repeats))
    except NotRendered as ending:
        said = {"ending": str(ending)}
    Path(report).write_text(json.dumps(said))
    return CANNOT_RUN if "ending" in said else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
