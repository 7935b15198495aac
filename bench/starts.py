"""Measure cold starts: importing each function and making its AWS clients, in fresh processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from processor.settings.functions import EditApiEnv, EditEnv, RenditionEnv, Slice, to_env
from processor.settings.services import EditSettings, GalleryStore, RenditionSettings, part_of
from processor.validation import Section

TIMEOUT_S = 60
RENDITION = "rendition"
SLICES: Mapping[str, tuple[type[Slice], Section]] = {
    RENDITION: (RenditionEnv, RenditionSettings()),
    "edit": (EditEnv, EditSettings()),
    "edit-api": (EditApiEnv, EditSettings()),
}
AWS = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
FIELDS = {
    "stack": "bench",
    "cdn_host": "cdn.example.com",
    "lane_queue_urls": ("https://sqs.us-east-1.amazonaws.com/123456789012/uploads",),
    "purge_queue_url": "https://sqs.us-east-1.amazonaws.com/123456789012/purges",
    "jobs_queue_url": "https://sqs.us-east-1.amazonaws.com/123456789012/jobs",
    "ticket_key_parameter": "/bench/ticket-key",
    **dict(GalleryStore()),
}
"""Settings that only a deployment knows, and the gallery whose photos may be edited."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Start:
    """One function: CPU and wall time in ms, medians; *heavy*: libraries that are loaded before anything needs them."""

    function: str
    cpu_ms: float
    wall_ms: float
    heavy: tuple[str, ...]


def measure_starts(repeats: int) -> list[Start]:
    """Start every function *repeats* times, in turns: what disturbs the machine for a while disturbs all alike."""
    reports: dict[str, list[Mapping[str, Any]]] = {name: [] for name in SLICES}
    for _ in range(repeats):
        for name, found in reports.items():
            found.append(start_once(name))
    return [summary(name, found) for name, found in reports.items()]


def summary(function: str, reports: Iterable[Mapping[str, Any]]) -> Start:
    """Sum the starts of one function up."""
    found = list(reports)
    return Start(
        function=function,
        cpu_ms=round(median(one["cpu_ms"] for one in found), 1),
        wall_ms=round(median(one["wall_ms"] for one in found), 1),
        heavy=tuple(sorted({name for one in found for name in one["heavy"]})),
    )


def start_once(function: str) -> Mapping[str, Any]:
    """Start *function* in a process of its own and read its report."""
    command = [sys.executable, "-m", "bench.starts_worker", function]
    environment = {**os.environ, **AWS, **told(function)}
    ended = subprocess.run(  # noqa: S603 - our own module
        command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False, env=environment
    )
    if ended.returncode:
        raise RuntimeError(f"{function}: the start ended with code {ended.returncode}:\n{ended.stderr}")
    return json.loads(ended.stdout.splitlines()[-1])


def told(function: str) -> dict[str, str]:
    """Write the environment that the infrastructure gives the function."""
    kind, settings = SLICES[function]
    return to_env(part_of(kind, settings, **{name: FIELDS[name] for name in kind.model_fields.keys() & FIELDS.keys()}))
