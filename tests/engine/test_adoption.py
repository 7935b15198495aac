"""An account that already has the buckets, the tables and the distribution: they are imported, none is replaced."""

from __future__ import annotations

import re
from pathlib import Path

from tests.engine.account import TABLE, Account
from tests.engine.command import Engine
from tests.engine.stacks import new_stack
from tests.factories.stacks import ADOPTED

BUCKET = "aws:s3/bucket:Bucket"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
ADOPT = {"adopt": {**ADOPTED, "distribution_id": "E2EXAMPLE1"}}
IMPORTED = {
    "cdn-distribution": (DISTRIBUTION, "E2EXAMPLE1"),
    "edits-worker-logs": (LOG_GROUP, "/aws/lambda/lambdallmproxy-image-processor"),
    "renditions-rendition-logs": (LOG_GROUP, "/aws/lambda/galerly-image-processing"),
    "edits-results-bucket": (BUCKET, "generated-images-bucket"),
    "edits-sessions": (TABLE, "image-edit-sessions"),
    "renditions-originals-bucket": (BUCKET, "galerly-images-storage"),
    "renditions-photos": (TABLE, "galerly-photos"),
    "renditions-renditions-bucket": (BUCKET, "galerly-renditions"),
}


def old_account() -> Account:
    """Make an account as the systems before Darkroom left it: other tags, one index, another comment."""
    account = Account()
    for name in ("galerly-images-storage", "galerly-renditions", "generated-images-bucket"):
        account.create(BUCKET, name, {"bucket": name, "tags": {"team": "web"}})
    for name, key in (("galerly-photos", "id"), ("image-edit-sessions", "sessionId")):
        table = {"name": name, "hashKey": key, "attributes": [{"name": key, "type": "S"}], "billingMode": "PROVISIONED"}
        account.create(TABLE, name, table)
    for name in ("galerly-image-processing", "lambdallmproxy-image-processor"):
        account.create(LOG_GROUP, name, {"name": f"/aws/lambda/{name}"})
    account.create(DISTRIBUTION, "old", {"comment": "gallery", "enabled": True, "priceClass": "PriceClass_All"})
    return account


def test_what_exists_is_imported_and_nothing_is_replaced(engine: Engine, checkout: Path, tmp_path: Path) -> None:
    """The import is followed by an update to what the program says; the entries may go then. The way back keeps all."""
    stack = new_stack(engine, "prod", checkout, tmp_path / "prod")
    old = old_account()
    stack.account.things.update(old.things)

    previewed, done = stack.preview(ADOPT), stack.up(ADOPT)

    assert previewed.succeeded, previewed.text
    assert done.succeeded, done.text
    for outcome in (previewed, done):
        assert set() == outcome.of("replace") | outcome.of("delete")
        assert set(IMPORTED) == outcome.of("import")
    assert set(old.things) == set(IMPORTED.values())
    assert "PAY_PER_REQUEST" == stack.account.things[TABLE, "galerly-photos"].inputs["billingMode"]
    assert {} == stack.preview(ADOPT).changes
    left = stack.copy(tmp_path / "left")
    assert {} == stack.preview().changes

    outcome = left.destroy(ADOPT, "--exclude-protected")

    assert outcome.succeeded, outcome.text
    assert set(old.things) <= set(left.account.things)


def test_what_does_not_exist_cannot_be_adopted(engine: Engine, checkout: Path, tmp_path: Path) -> None:
    """A wrong name in `adopt` ends the preview and names the first resource that the engine asks for."""
    outcome = new_stack(engine, "prod", checkout, tmp_path / "prod").preview(ADOPT)

    assert not outcome.succeeded
    names = "|".join(name for _, name in IMPORTED.values())
    assert re.search(f"resource '({names})' does not exist", outcome.text), outcome.text
