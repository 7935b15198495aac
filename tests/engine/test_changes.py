"""A change of settings, code or secrets changes exactly the expected resources, as the engine sees it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from components.testing.program import ROOT
from processor.settings.stack_file import load_settings
from tests.engine.account import ALIAS, KEY, KEY_GROUP
from tests.engine.stacks import Stack, copy_checkout

FUNCTIONS = ("edits-api-function", "edits-worker", "renditions-reconciler-reconcile", "renditions-rendition")


def published(*functions: str) -> dict[str, str]:
    """Give what follows from new versions of *functions*: their aliases move."""
    return {f"{name}-live": "update functionVersion" for name in functions}


def test_a_setting_changes_only_what_it_is_for(prod: Stack) -> None:
    """The preview names these resources and inputs, and no other: of a fifth size, of memory, of an alarm."""
    change = {
        "renditions": {"sizes": {"huge": {"width": 6000, "height": 6000}}, "memory_mib": 4096},
        "monitoring": {"error_rate_percent": 2.0},
    }

    assert {
        "renditions-rendition-function": "update environment memorySize",
        "monitoring-rendition-memory": "update alarmDescription",
        **published("renditions-rendition"),
        **{
            f"monitoring-{role}-errors": "update alarmDescription threshold"
            for role in ("edit", "edit-api", "reconcile", "rendition")
        },
    } == prod.preview(change).changes


def test_up_does_what_the_preview_says_and_a_roll_back_moves_one_alias(prod: Stack) -> None:
    """Afterwards nothing is left to do. Every caller calls the alias: one number brings all to the version before."""
    change = {"renditions": {"timeout_s": 100}}
    previewed, done = prod.preview(change), prod.up(change)

    assert {"renditions-uploads-queue", "renditions-rendition-live"} < previewed.of("update")
    assert previewed.changes == done.changes
    assert {} == prod.preview(change).changes

    outcome = prod.up({**change, "rollback": {"rendition": 1}})

    assert {"renditions-rendition-live": "update functionVersion"} == outcome.changes
    [alias] = [one for one in prod.account.of_kind(ALIAS) if one.inputs["functionName"] == "galerly-image-processing"]
    assert "1" == alias.inputs["functionVersion"]


def test_changed_code_updates_the_functions(prod: Stack, tmp_path: Path) -> None:
    """A changed module is deployed by the next `up`; no command has to build it before."""
    checkout = copy_checkout(tmp_path / "changed")
    module = checkout / "processor" / "keys.py"
    module.write_text(f"{module.read_text(encoding='utf-8')}\nCHANGED = True\n", encoding="utf-8")

    assert {
        **{f"{name}-function": "update code" for name in FUNCTIONS},
        **published(*FUNCTIONS),
    } == in_checkout(prod, checkout).preview().changes


SECRETS_OF_THE_API = {"origin_secrets": "edits-api-origin-secret", "ticket_keys": "edits-api-ticket-key"}
SENT = {"cdn-distribution": "update origins"}


def generations(*numbers: int) -> dict[str, Any]:
    """Return the settings of both secrets."""
    return {"edits": {"api": {key: list(numbers) for key in SECRETS_OF_THE_API}}}


def each(**said: str) -> dict[str, str]:
    """Give the changes of both secrets: *said* of the parameter, of the first and of the second generation."""
    names = {"first": "", "parameter": "-parameter", "second": "-2"}
    return {f"{secret}{names[part]}": one for secret in SECRETS_OF_THE_API.values() for part, one in said.items()}


def test_secrets_are_rotated_in_three_steps(prod: Stack) -> None:
    """docs/deploying.md: the new one is accepted, then used, then the old one goes; no function changes."""
    steps = [
        ([1, 2], each(second="create", parameter="update value")),
        ([2, 1], {**each(parameter="update value"), **SENT}),
        ([2], each(first="delete", parameter="update value")),
    ]
    for numbers, expected in steps:
        assert expected == prod.up(generations(*numbers)).changes


def test_a_leaked_secret_is_replaced_at_once(prod: Stack) -> None:
    """docs/deploying.md: one step, at the price of refused requests."""
    expected = {**each(second="create", first="delete", parameter="update value"), **SENT}

    assert expected == prod.preview(generations(2)).changes


@pytest.fixture(scope="session")
def another_key() -> str:
    """Make another signing key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.fixture(scope="session")
def committed_key() -> str:
    """Return the signing key of the committed stack file."""
    return load_settings(ROOT / "Pulumi.prod.yaml").cdn.signing_public_keys[0]


def signed_by(*keys: str) -> dict[str, Any]:
    """Return the setting of signing keys."""
    return {"cdn": {"signing_public_keys": list(keys)}}


def trusted(stack: Stack) -> set[str]:
    """Return the PEMs of the keys in the key group."""
    [group] = stack.account.of_kind(KEY_GROUP)
    keys = {key.id: str(key.inputs["encodedKey"]) for key in stack.account.of_kind(KEY)}
    return {keys[one] for one in group.inputs["items"]}


def test_a_signing_key_is_rotated_in_two_steps(prod: Stack, committed_key: str, another_key: str) -> None:
    """Both keys are trusted in between, and the distribution, which names the group, stays as it is.

    Their order and a last line break change nothing: a key is the same resource wherever it stands in the list.
    """
    rotate(prod, committed_key, another_key)
    before = members(prod)
    swapped = prod.up(signed_by(another_key.strip(), committed_key.strip()))
    assert swapped.succeeded, swapped.text
    assert {} == {name: said for name, said in swapped.changes.items() if name != "cdn-signers"}
    assert before == members(prod)

    rotate(prod, another_key)
    assert {another_key} == {key.inputs["encodedKey"] for key in prod.account.of_kind(KEY)}


def rotate(stack: Stack, *keys: str) -> None:
    """Deploy other signing keys: one comes or goes, the group changes, nothing else does."""
    outcome = stack.up(signed_by(*keys))

    assert outcome.succeeded, outcome.text
    assert {"cdn-signers": "update items"} == {
        name: said for name, said in outcome.changes.items() if not name.startswith("cdn-signing-key-")
    }
    assert 2 == len(outcome.changes)
    assert set(keys) == trusted(stack)


def members(stack: Stack) -> set[str]:
    """Return the ids in the key group."""
    [group] = stack.account.of_kind(KEY_GROUP)
    return set(group.inputs["items"])


def test_a_signing_key_can_be_rotated(prod: Stack, another_key: str) -> None:
    """In one step too: CloudFront keeps a key that a group names, so the new one must come first."""
    outcome = prod.up(signed_by(another_key))

    assert outcome.succeeded, outcome.text
    assert {another_key} == trusted(prod)


def in_checkout(stack: Stack, checkout: Path) -> Stack:
    """Give the same stack, deployed from another checkout."""
    return Stack(engine=stack.engine, name=stack.name, checkout=checkout, folder=stack.folder, account=stack.account)
