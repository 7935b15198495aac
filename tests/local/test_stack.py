"""Tests of the stack `local`: the settings of `dev`, except for one machine and the run's addresses."""

from __future__ import annotations

import json
from pathlib import Path

from components.testing.recorder import stack_config
from local.model import Addresses
from local.stack import configuration
from processor.settings.tree import Settings

HERE = "http://127.0.0.1"
ADDRESSES = Addresses(
    aws=f"{HERE}:4566", lambdas=f"{HERE}:4570", api=f"{HERE}:4580", cdn=f"{HERE}:4520", page=f"{HERE}:4510"
)


def settings() -> Settings:
    """Read the stack's settings as the program does."""
    return Settings.from_mapping(
        configuration(ADDRESSES, Path("packages"))["darkroom:settings"], prefix="darkroom-local"
    )


def test_nothing_is_named_after_development() -> None:
    """The names of both stacks differ, in logs and on the page."""
    text = json.dumps(configuration(ADDRESSES, Path("packages")))
    assert (False, "darkroom-local-originals") == ("darkroom-dev" in text, settings().renditions.originals_bucket)


def test_tokens_are_this_run_s_own() -> None:
    """The API checks the local issuer's tokens the same way as in production."""
    auth = settings().edits.auth
    assert auth is not None
    assert (f"{HERE}:4510/oidc", f"{HERE}:4510/oidc/jwks.json") == (auth.issuer, auth.jwks_url)


def test_only_the_page_may_script_uploads() -> None:
    """CORS is enforced here as on AWS."""
    assert (f"{HERE}:4510",) == settings().cdn.cors_origins


def test_events_are_on_and_the_page_receives_them() -> None:
    """They are off by default; here they can be tried, with a webhook on this machine."""
    events = settings().events
    assert (True, [f"{HERE}:4510/events"]) == (events.enabled, [one.url for one in events.webhooks])


def test_everything_else_is_development_s() -> None:
    """Limits, sizes, retention and memory are those of a deployment."""
    dev = Settings.from_mapping(stack_config("dev")["darkroom:settings"])
    ours = settings()
    assert dev.renditions.recipe == ours.renditions.recipe
    assert dev.monitoring == ours.monitoring
    assert (dev.renditions.memory_mib, dev.edits.timeout_s) == (ours.renditions.memory_mib, ours.edits.timeout_s)
