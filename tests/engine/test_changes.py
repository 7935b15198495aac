"""A change of settings, code or secrets changes exactly the expected resources, as the engine sees it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.engine.account import ALIAS
from tests.engine.stacks import Stack, copy_checkout

FUNCTIONS = ("edits-api-function", "edits-worker", "renditions-reconciler-reconcile", "renditions-rendition")


def published(*functions: str) -> dict[str, str]:
    """Give what follows from new versions of *functions*: their aliases move."""
    return {f"{name}-live": "update functionVersion" for name in functions}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"renditions": {"sizes": {"huge": {"width": 6000, "height": 6000}}}},
            {"renditions-rendition-function": "update environment", **published("renditions-rendition")},
        ),
        (
            {"renditions": {"memory_mib": 4096}},
            {
                "renditions-rendition-function": "update memorySize",
                "monitoring-rendition-memory": "update alarmDescription",
                **published("renditions-rendition"),
            },
        ),
        (
            {"monitoring": {"error_rate_percent": 2.0}},
            {
                f"monitoring-{role}-errors": "update alarmDescription threshold"
                for role in ("edit", "edit-api", "reconcile", "rendition")
            },
        ),
    ],
    ids=["fifth size", "memory", "alarm"],
)
def test_a_setting_changes_only_what_it_is_for(prod: Stack, change: dict[str, Any], expected: dict[str, str]) -> None:
    """The preview names these resources and inputs, and no other."""
    assert expected == prod.preview(change).changes


def test_up_does_what_the_preview_says(prod: Stack) -> None:
    """After which nothing is left to do."""
    change = {"renditions": {"timeout_s": 100}}
    previewed, done = prod.preview(change), prod.up(change)

    assert {"renditions-uploads-queue", "renditions-rendition-live"} < previewed.of("update")
    assert previewed.changes == done.changes
    assert {} == prod.preview(change).changes


def test_changed_code_updates_the_functions(prod: Stack, tmp_path: Path) -> None:
    """A changed module is deployed by the next `up`; no command has to build it before."""
    checkout = copy_checkout(tmp_path / "changed")
    module = checkout / "processor" / "keys.py"
    module.write_text(f"{module.read_text(encoding='utf-8')}\nCHANGED = True\n", encoding="utf-8")

    assert {
        **{f"{name}-function": "update code" for name in FUNCTIONS},
        **published(*FUNCTIONS),
    } == in_checkout(prod, checkout).preview().changes


def test_a_roll_back_moves_one_alias(prod: Stack) -> None:
    """Every caller calls the alias: one number brings all of them back to the version before."""
    memory = {"renditions": {"memory_mib": 4096}}
    assert prod.up(memory).succeeded
    outcome = prod.up({**memory, "rollback": {"rendition": 1}})

    assert {"renditions-rendition-live": "update functionVersion"} == outcome.changes
    [alias] = [one for one in prod.account.of_kind(ALIAS) if one.inputs["functionName"] == "galerly-image-processing"]
    assert "1" == alias.inputs["functionVersion"]


@pytest.mark.parametrize(
    ("secret", "parameter", "others"),
    [
        ("edits-api-origin-secret", "edits-api-origin-secret-parameter", {"cdn-distribution": "update origins"}),
        ("edits-api-ticket-key", "edits-api-ticket-key-parameter", {}),
    ],
)
def test_a_rotated_secret_reaches_its_parameter_and_the_cdn(
    prod: Stack, secret: str, parameter: str, others: dict[str, str]
) -> None:
    """docs/deploying.md: `pulumi up --replace`; the functions read the parameter by name and stay as they are."""
    urn = f"urn:pulumi:prod::darkroom::**::{secret}"

    assert {secret: "replace", parameter: "update value", **others} == prod.preview(None, "--replace", urn).changes


@pytest.fixture
def another_key() -> dict[str, Any]:
    """Give the setting of another signing key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return {"cdn": {"signing_public_key": pem.decode()}}


def test_a_rotated_signing_key_replaces_the_key_alone(prod: Stack, another_key: dict[str, Any]) -> None:
    """The group gets another member; the distribution, which names the group, stays as it is."""
    assert {
        "cdn-signing-key": "replace encodedKey",
        "cdn-signers": "update items",
    } == prod.preview(another_key).changes


@pytest.mark.xfail(
    strict=True, reason="the key has a fixed name and is deleted first, which CloudFront refuses: PublicKeyInUse"
)
def test_a_signing_key_can_be_rotated(prod: Stack, another_key: dict[str, Any]) -> None:
    """CloudFront keeps a key that a group names, so the new one must come first."""
    outcome = prod.up(another_key)

    assert outcome.succeeded, outcome.text


def in_checkout(stack: Stack, checkout: Path) -> Stack:
    """Give the same stack, deployed from another checkout."""
    return Stack(engine=stack.engine, name=stack.name, checkout=checkout, folder=stack.folder, account=stack.account)
