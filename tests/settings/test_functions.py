"""The environment of each function: every value arrives as it was set."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from processor.errors import SettingsError
from processor.recipe import Size
from processor.settings.functions import (
    MAX_ENV_BYTES,
    EditApiEnv,
    EditEnv,
    ReconcileEnv,
    RenditionEnv,
    Slice,
    from_env,
    to_env,
)
from processor.settings.services import EditSettings, RenditionSettings
from processor.settings.tree import Settings
from tests import strategies

QUEUE = "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs"
EDIT_WIRING = {"cdn_host": "cdn.example.com", "jobs_queue_url": QUEUE}
API_WIRING = {
    "jobs_queue_url": QUEUE,
    "ticket_key_parameter": "/darkroom/test/ticket-key",
    "origin_secret_parameter": "/darkroom/test/origin-secret",
}
DEFAULTS = Settings()


def rendition_env(settings: RenditionSettings = DEFAULTS.renditions, **wiring: object) -> RenditionEnv:
    """Return the rendition function's slice, deployed as stack "test"."""
    lanes = (QUEUE.replace("jobs", "uploads"), QUEUE.replace("jobs", "backfill"))
    known = {"lane_queue_urls": lanes, "purge_queue_url": QUEUE.replace("jobs", "purges")}
    return RenditionEnv.of(settings, stack="test", cdn_host="cdn.example.com", **known, **wiring)


def all_slices(renditions: RenditionSettings, edits: EditSettings) -> list[Slice]:
    """Return every function's slice of the same settings."""
    return [
        rendition_env(renditions),
        rendition_env(renditions, distribution_id="E2EXAMPLE"),
        rendition_env(renditions, signed_renditions=True),
        EditEnv.of(edits, renditions, stack="test", **EDIT_WIRING),
        EditEnv.of(edits, renditions, stack="test", **EDIT_WIRING, signed_renditions=True, signed_edits=True),
        EditApiEnv.of(edits, DEFAULTS.cdn, stack="test", **API_WIRING),
        ReconcileEnv.of(renditions, stack="test", uploads_queue_url=QUEUE, cdn_host="cdn.example.com"),
    ]


@given(renditions=strategies.renditions, edits=strategies.edits)
@settings(max_examples=40)  # of two whole trees each, which take 20 ms to draw
def test_every_slice_survives_the_environment(renditions: RenditionSettings, edits: EditSettings) -> None:
    """A handler reads the values that infrastructure wrote, for every value that settings can have."""
    for part in all_slices(renditions, edits):
        assert part == from_env(type(part), to_env(part))


def test_the_default_environments_leave_room_for_more() -> None:
    """Lambda takes 4 KB; with the default settings no function needs half of it."""
    sizes = [len(json.dumps(to_env(part))) for part in all_slices(DEFAULTS.renditions, DEFAULTS.edits)]

    assert max(sizes) < 2048


def test_an_environment_beyond_lambdas_limit_is_refused_by_name() -> None:
    """The deployment learns which variable is too long before Lambda answers with an error."""
    many = {f"size-{number:02}-{'x' * 20}": Size(width=4000, height=4000, quality={"jpeg": 85}) for number in range(20)}
    hosts = tuple(f"host-{number:02}.{'x' * 60}.example.com" for number in range(50))
    part = EditEnv.of(EditSettings(allowed_source_hosts=hosts), DEFAULTS.renditions, stack="test", **EDIT_WIRING)

    assert len(json.dumps(to_env(rendition_env(RenditionSettings(sizes=many))))) <= MAX_ENV_BYTES
    with pytest.raises(SettingsError) as refusal:
        to_env(part)
    assert (
        "environment of EditEnv: found 4,802 bytes, expected at most 3,584 (Lambda's limit); "
        "the longest variable is DARKROOM_ALLOWED_SOURCE_HOSTS"
    ) == str(refusal.value)


def test_the_rendition_function_receives_only_what_it_reads() -> None:
    """Its capacity and everything about edits stay out; the exact names are a contract with infrastructure."""
    assert {
        "DARKROOM_CDN_HOST",
        "DARKROOM_FORMATS",
        "DARKROOM_KEEP_COPYRIGHT",
        "DARKROOM_KEY_STYLE",
        "DARKROOM_LANE_QUEUE_URLS",
        "DARKROOM_LIMITS",
        "DARKROOM_MISSING_RECORD",
        "DARKROOM_ORIGINALS_BUCKET",
        "DARKROOM_ORIGINALS_TABLE",
        "DARKROOM_PHOTOS_TABLE",
        "DARKROOM_PROGRESSIVE_FROM_PX",
        "DARKROOM_PURGE_QUEUE_URL",
        "DARKROOM_QUALITY",
        "DARKROOM_RAW",
        "DARKROOM_RECORD_LOCATION",
        "DARKROOM_RENDITIONS_BUCKET",
        "DARKROOM_SERVICE",
        "DARKROOM_SIZES",
        "DARKROOM_STACK",
    } == set(to_env(rendition_env()))


def test_opaque_keys_need_their_secret() -> None:
    """A function that had none would fall back to readable keys."""
    opaque = RenditionSettings(key_style="opaque")

    wiring = {"key_secret_parameter": "/d/s/k"}
    assert "/d/s/k" == rendition_env(opaque, **wiring).key_secret_parameter
    with pytest.raises(ValidationError, match="found key_style opaque without key_secret_parameter"):
        rendition_env(opaque)


def test_the_edit_worker_keeps_the_variables_of_the_old_system() -> None:
    """Five names and their meaning are older than Darkroom: other functions of the product set and read them."""
    env = to_env(EditEnv.of(EditSettings(), DEFAULTS.renditions, stack="test", **EDIT_WIRING))
    old = ("S3_BUCKET", "DYNAMODB_TABLE", "MAX_IMAGE_SIZE", "MAX_DIMENSIONS", "DEFAULT_QUALITY")

    assert {
        "S3_BUCKET": "darkroom-results",
        "DYNAMODB_TABLE": "darkroom-sessions",
        "MAX_IMAGE_SIZE": "26214400",
        "MAX_DIMENSIONS": "10000",
        "DEFAULT_QUALITY": "90",
    } == {name: env[name] for name in old}


def test_concurrency_does_not_change_the_environment() -> None:
    """Another number of concurrent invocations publishes no new version of the function."""
    assert to_env(rendition_env()) == to_env(rendition_env(RenditionSettings(max_concurrency=7, memory_mib=1769)))


@pytest.mark.parametrize(
    ("variable", "value", "line"),
    [
        ("DARKROOM_CDN_HOST", None, "Missing value for `DARKROOM_CDN_HOST`: expected a host name in lower case"),
        ("DARKROOM_KEEP_COPYRIGHT", "yes", 'Invalid value "yes" for `DARKROOM_KEEP_COPYRIGHT`: expected true or false'),
        (
            "DARKROOM_FORMATS",
            "[",
            'Invalid value "[" for `DARKROOM_FORMATS`: expected a list, each item one of jpeg, webp, avif',
        ),
        (
            "DARKROOM_QUALITY",
            '{"jpeg": 101}',
            "Invalid value 101 for `DARKROOM_QUALITY.jpeg`: expected a whole number from 1 to 100",
        ),
    ],
)
def test_a_broken_environment_names_the_variable(variable: str, value: str | None, line: str) -> None:
    """The line names the variable that was changed by hand, its value and the allowed values."""
    env = to_env(rendition_env())
    if value is None:
        del env[variable]
    else:
        env[variable] = value

    with pytest.raises(SettingsError) as refusal:
        from_env(RenditionEnv, env)
    assert str(refusal.value).startswith(line)


def test_other_peoples_variables_are_left_alone() -> None:
    """Lambda sets dozens of variables of its own."""
    part = rendition_env()

    assert part == from_env(RenditionEnv, {**to_env(part), "AWS_REGION": "eu-west-1", "DARKROOM_LATER": "?"})
