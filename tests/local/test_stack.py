"""Tests of the stack `local`: the settings of `dev`, except for one machine and the run's addresses."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from components.testing.recorder import stack_config
from local.changes import changes_of
from local.model import Addresses, RunError
from local.signing_key import public_key
from local.stack import configuration
from processor.settings.tree import Settings

HERE = "http://127.0.0.1"
ADDRESSES = Addresses(
    aws=f"{HERE}:4566", lambdas=f"{HERE}:4570", api=f"{HERE}:4580", cdn=f"{HERE}:4520", page=f"{HERE}:4510"
)
PUBLIC_KEY = """-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEFsPC6Oyg8x8gPcfUfHnGMYhgYvRC
T0wSy1UKgNOPkXU8HMyhpoPPbKLmYqYtqXvLqgXfXRyTBJ6uOpBxz0pyVw==
-----END PUBLIC KEY-----
"""


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


def test_a_run_may_change_single_settings() -> None:
    """As the command line gives them, values in YAML; the branches beside them stay."""
    changes = changes_of(["cdn.renditions=signed", "renditions.formats=[jpeg, webp]", "cdn.price_class=PriceClass_All"])
    config = configuration(ADDRESSES, Path("packages"), changes=changes, signing_key=lambda: PUBLIC_KEY)
    found = Settings.from_mapping(config["darkroom:settings"], prefix="darkroom-local")

    assert ("signed", "PriceClass_All", "off") == (found.cdn.renditions, found.cdn.price_class, found.cdn.originals)
    assert ((f"{HERE}:4510",), ("jpeg", "webp")) == (found.cdn.cors_origins, found.renditions.formats)
    assert (PUBLIC_KEY,) == found.cdn.signing_public_keys


@pytest.mark.parametrize("pair", ["cdn.renditions", "=signed", "cdn..renditions=signed", "cdn.renditions=[signed"])
def test_a_change_that_is_none_is_refused(pair: str) -> None:
    """With what was expected."""
    with pytest.raises(RunError) as refused:
        changes_of([pair])

    assert f"--set {pair}: expected KEY=VALUE, such as cdn.renditions=signed (docs/settings.md)" == str(refused.value)


def test_a_run_that_signs_nothing_has_no_key() -> None:
    """And makes none."""

    def never() -> str:
        raise AssertionError("no key was asked for")

    config = configuration(ADDRESSES, Path("packages"), signing_key=never)

    assert "signing_public_keys" not in config["darkroom:settings"]["cdn"]


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    """A kept state goes on with the key that signed before."""
    first, second = public_key(tmp_path), public_key(tmp_path)

    assert first == second
    assert "-----BEGIN PUBLIC KEY-----" == first.splitlines()[0]
    assert 0o600 == stat.S_IMODE((tmp_path / "signing.pem").stat().st_mode)


def test_everything_else_is_development_s() -> None:
    """Limits, sizes, retention and memory are those of a deployment."""
    dev = Settings.from_mapping(stack_config("dev")["darkroom:settings"])
    ours = settings()
    assert dev.renditions.recipe == ours.renditions.recipe
    assert dev.monitoring == ours.monitoring
    assert (dev.renditions.memory_mib, dev.edits.timeout_s) == (ours.renditions.memory_mib, ours.edits.timeout_s)
