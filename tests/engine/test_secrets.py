"""Secrets stand in clear neither in the state nor in what a command prints or logs."""

from __future__ import annotations

import json
from collections.abc import Callable

from components.testing.answers import SECRET, SECRETS
from tests.engine.account import Account
from tests.engine.conftest import Deployed
from tests.engine.stacks import Stack


def values(account: Account) -> list[str]:
    """Give the secrets of an account in clear."""
    return [thing.outputs[SECRETS[thing.kind]] for thing in account.things.values() if thing.kind in SECRETS]


def test_the_state_holds_secrets_encrypted_only(deployed: Deployed) -> None:
    """The state's bucket gives no secret away; with the passphrase, every use of each secret can be read."""
    state, shown = (json.dumps(deployed.stack.export(*options)) for options in ((), ("--show-secrets",)))

    assert 2 == len(values(deployed.stack.account))
    for secret in values(deployed.stack.account):
        assert secret not in state
        # The resource, its parameter (input and output) and, of one of them, the distribution's origin.
        assert shown.count(secret) >= 3
    files = [path.read_text(encoding="utf-8") for path in deployed.stack.folder.rglob("*.json")]
    assert any('"ciphertext"' in text for text in files)
    assert [] == [text[:80] for text in files if f"{SECRET} of" in text]


def test_no_command_shows_a_secret(deploy: Callable[[str], Deployed], prod: Stack) -> None:
    """Neither creation nor rotation, nor the detailed diff of what changes."""
    deployed = deploy("prod")
    rotated = {"edits": {"api": {"origin_secrets": [2]}}}
    before = values(prod.account)
    texts = [deployed.previewed.text, deployed.created.text]
    for outcome in (prod.preview(rotated, "--diff"), prod.up(rotated, "--diff")):
        assert outcome.succeeded, outcome.text
        assert "[secret]" in outcome.text
        texts += [outcome.text, (prod.folder / "events.json").read_text(encoding="utf-8")]

    assert 1 == len(set(before) & set(values(prod.account)))
    assert [] == [text for text in texts if f"{SECRET} of" in text]
