"""``darkroom migrate check`` on the emulator, with an account as the guides leave it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.stub import Stubber
from click.testing import CliRunner

from components.build import ROOT
from components.testing.recorder import stack_config
from components.testing.trees import merged
from darkroom.cli import cli
from local.emulator.environment import ACCOUNT
from local.emulator.process import running
from processor.aws.clients import OperatorClients, s3_client
from processor.aws.existing import Existing, FoundBucket, FoundTable
from processor.ops.migration import Line, check_buckets, check_tables
from processor.settings.stack_file import load_settings
from tests.factories.darkroom import session
from tests.factories.emulators import Aws, root
from tests.factories.old_account import (
    DOMAIN,
    FUNCTIONS,
    ORIGINALS,
    RENDITIONS,
    ROUTER,
    distribution,
    make_buckets,
    make_functions,
    make_tables,
)
from tests.factories.stacks import SETTINGS

Lines = list[tuple[str, str, str]]


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """Start an emulator and make the guides' resources in it."""
    with running(tmp_path_factory.mktemp("emulator")) as emulator:
        aws = root(emulator.address)
        make_functions(aws)
        make_buckets(aws)
        make_tables(aws)
        yield aws


def check(folder: Path, aws: Aws, change: dict[str, Any]) -> tuple[int, Lines]:
    """Run the command with *change* merged into production's settings; return its exit code and lines."""
    config = stack_config("prod")
    config[SETTINGS] = merged(config[SETTINGS], change)
    file = folder / "Pulumi.prod.yaml"
    file.write_text(yaml.safe_dump({"config": config}), encoding="utf-8")
    done = CliRunner(env={"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}).invoke(
        cli,
        ["migrate", "check", "--stack", str(file), "--endpoint-url", aws.address, "--json"],
        standalone_mode=False,  # as `darkroom` runs it
    )
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return done.exit_code, [(one["outcome"], one["name"], one["text"]) for one in lines]


def about(lines: Lines, name: str) -> list[tuple[str, str]]:
    """Return what is said of one resource."""
    return [(outcome, text) for outcome, said, text in lines if said == name]


ADOPT = {
    "adopt": {
        "originals_bucket": True,
        "results_bucket": True,
        "photos_table": True,
        "sessions_table": True,
        "log_groups": list(FUNCTIONS),
    }
}


def test_what_exists_is_refused_until_it_is_adopted(account: Aws, tmp_path: Path) -> None:
    """Each with the setting to write; what does not exist is created."""
    code, lines = check(tmp_path, account, {})

    assert 1 == code
    assert [("refused", "exists: set adopt.originals_bucket, or choose another name")] == about(lines, ORIGINALS)
    assert [("create", "")] == about(lines, RENDITIONS)
    assert [("refused", "exists: set adopt.sessions_table, or choose another name")] == about(
        lines, "image-edit-sessions"
    )
    assert [("refused", f"exists: set adopt.log_groups: [{FUNCTIONS[1]}], or choose another name")] == about(
        lines, f"/aws/lambda/{FUNCTIONS[1]}"
    )
    assert [
        ("refused", "function exists: delete it (its log group stays), or choose another name"),
        ("refused", "role exists: delete it, or choose another name for the function"),
    ] == about(lines, FUNCTIONS[0])
    assert [("create", DOMAIN)] == about(lines, "distribution")


def test_an_import_names_what_it_changes(account: Aws, tmp_path: Path) -> None:
    """A preview shows `=` for all of these."""
    _, lines = check(tmp_path, account, ADOPT)
    originals, photos = about(lines, ORIGINALS), about(lines, "galerly-photos")

    assert ("import", "adopt.originals_bucket") == originals[0]
    said = {text: outcome for outcome, text in originals[1:]}
    assert {
        "its policy is replaced: the CDN alone reads it, direct URLs answer 403": "change",
        "versions are switched on: replaced and deleted originals are kept for 30 days": "change",
        (
            "its ACL grants READ to AllUsers, and S3 does not switch ACLs off while it grants others: "
            f"aws s3api put-bucket-acl --acl private --bucket {ORIGINALS}"
        ): "refused",
        (
            f"it notifies arn:aws:sqs:us-east-1:{ACCOUNT}:thumbnails, and the deployment would replace that: "
            "set renditions.trigger: eventbridge, or remove what is no longer needed"
        ): "refused",
    } == said
    assert [
        ("import", "adopt.photos_table"),
        ("change", "index GalleryIdIndex is deleted and built again: its queries fail meanwhile"),
        ("change", "index UserIdIndex is built"),
        ("refused", "index ByDay would be deleted: move its queries first, then delete it yourself"),
    ] == photos
    assert [("import", "adopt.sessions_table")] == about(lines, "image-edit-sessions")
    assert ("import", f"adopt.log_groups: [{FUNCTIONS[1]}]") in about(lines, f"/aws/lambda/{FUNCTIONS[1]}")


def test_the_bus_must_be_switched_on(account: Aws, tmp_path: Path) -> None:
    """The bucket's own notifications are no obstacle then."""
    on_the_bus = merged(ADOPT, {"renditions": {"trigger": "eventbridge"}})
    need = "it sends no events to the bus, which renditions.trigger needs"
    off = f"{need}: switch EventBridge on for it (docs/migration.md)"

    assert ("refused", off) in about(check(tmp_path, account, on_the_bus)[1], ORIGINALS)
    s3 = account.client("s3")
    before = s3.get_bucket_notification_configuration(Bucket=ORIGINALS)
    known = {key: value for key, value in before.items() if key.endswith("Configurations")}
    s3.put_bucket_notification_configuration(
        Bucket=ORIGINALS, NotificationConfiguration={**known, "EventBridgeConfiguration": {}}
    )
    assert not [text for _, text in about(check(tmp_path, account, on_the_bus)[1], ORIGINALS) if "notifies" in text]
    s3.put_bucket_notification_configuration(Bucket=ORIGINALS, NotificationConfiguration=known)


def test_a_distribution_must_answer_old_urls_in_the_same_step(account: Aws, tmp_path: Path) -> None:
    """An alias that is in use, paths and functions that would go, readers that would be locked out."""
    found = distribution(account, DOMAIN)
    other = distribution(account, "old.galerly.com")

    moved = "leave cdn.domain out until the alias has moved (docs/migration.md)"
    beside = check(tmp_path, account, ADOPT)[1]
    assert [("refused", f"is an alias of distribution {found}: {moved}")] == about(beside, DOMAIN)
    adopted = check(tmp_path, account, merged(ADOPT, {"adopt": {"distribution_id": other}}))[1]
    locked = "its other paths are open, and cdn.originals: signed would lock readers out in the same step"
    assert [
        ("import", "adopt.distribution_id"),
        ("refused", "it would lose its alias old.galerly.com"),
        ("refused", "it would no longer serve thumbs/*"),
        ("refused", f"{ROUTER} would no longer run: URLs that need it must be gone"),
        ("refused", f"{locked}: set cdn.originals: public until the front end has moved"),
    ] == about(adopted, other)
    signed = merged(ADOPT, {"adopt": {"distribution_id": other}, "cdn": {"renditions": "signed"}})
    opened = "its renditions are open, and cdn.renditions: signed would lock readers out in the same step"
    expected = f"{opened}: set cdn.renditions: public until the front end signs"
    assert ("refused", expected) in about(check(tmp_path, account, signed)[1], other)


def test_without_anything_in_the_way_it_ends_with_0(account: Aws, tmp_path: Path) -> None:
    """A stack with names of its own; a wrong `adopt` is refused."""
    names = {
        "renditions": {"originals_bucket": "new-o", "photos_table": "new-photos", "function_name": "new-r"},
        "edits": {"results_bucket": "new-e", "sessions_table": "new-sessions", "function_name": "new-w"},
        "cdn": {"domain": "", "certificate_arn": ""},
    }

    code, lines = check(tmp_path, account, names)
    assert (0, {"create"}) == (code, {outcome for outcome, *_ in lines})
    code, lines = check(tmp_path, account, merged(names, {"adopt": {"photos_table": True}}))
    assert (1, [("refused", "does not exist: remove adopt.photos_table")]) == (code, about(lines, "new-photos"))


def test_a_bucket_of_another_account_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of buckets are unique in the world; AWS answers 403 for one of another account, and 404 for a free name."""
    client = s3_client(session())
    stub = Stubber(client)
    for code, status in (("403", 403), ("404", 404)):
        stub.add_client_error("head_bucket", code, http_status_code=status)
    monkeypatch.setattr(OperatorClients, "s3", lambda _: client)
    existing = Existing(clients=OperatorClients(region="eu-west-1"))
    with stub:
        assert [FoundBucket(ours=False), None] == [existing.bucket("theirs"), existing.bucket("free")]
    monkeypatch.setattr(Existing, "bucket", lambda _, name: FoundBucket(ours=False) if "storage" in name else None)

    lines = list(check_buckets(load_settings(ROOT / "Pulumi.prod.yaml"), existing))
    assert (
        Line("refused", ORIGINALS, "belongs to another account, or may not be described: choose another name")
        == lines[0]
    )


def test_a_table_of_the_originals_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """It cannot be adopted: its items are Darkroom's own."""
    settings = load_settings(ROOT / "Pulumi.prod.yaml")
    name = settings.renditions.originals_table
    there = FoundTable(keys=("id", "key"), indexes={}, partial=frozenset(), on_demand=True)
    monkeypatch.setattr(Existing, "table", lambda _, one: there if one == name else None)

    lines = list(check_tables(settings, Existing(clients=OperatorClients(region="eu-west-1"))))

    text = "exists and cannot be adopted: choose another name for renditions.originals_table"
    assert Line("refused", name, text) == lines[-1]
