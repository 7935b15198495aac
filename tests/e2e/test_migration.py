"""docs/migration.md rehearsed: from an account as the guides left it to the cut-over, back and to the end.

Only names are made up: the emulator moves no alias, so the test keeps the domain's entry, as DNS and CloudFront do.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import yaml
from click.testing import CliRunner

from components.testing.program import Json
from darkroom.cli import cli
from local.model import STACK_FILE, RunConfig
from local.run.aws import ROOT
from processor.aws.attributes import from_item
from testkit.embedded_stack import ENDED_S, LocalStack, started, wait_for
from testkit.photos import jpeg, scene
from tests.factories import old_account
from tests.factories.deploying import config_of, deploy
from tests.factories.emulators import Aws, root
from tests.factories.old_account import DOMAIN, ORIGINALS, RENDITIONS, RESULTS

pytestmark = pytest.mark.stack

TABLE = "galerly-photos"
KEY = "weddings/bride.jpg"
# Between two rounds of the readers, s: a step of the migration takes many times as long.
PAUSE_S = 0.1
OLD = (f"/{KEY}", f"/{KEY}?size=small", "/renditions/weddings/bride_small.jpg")
CERTIFICATE = "arn:aws:acm:us-east-1:000000000000:certificate/5f0f6d9e-7f2c-4c0b-8a51-0d6f2f1f4f11"
ADOPTED = ("originals_bucket", "renditions_bucket", "results_bucket", "photos_table", "sessions_table")
SHAPES: Json = {
    "renditions": {
        "trigger": "eventbridge",
        "originals_bucket": ORIGINALS,
        "renditions_bucket": RENDITIONS,
        "photos_table": TABLE,
    },
    "edits": {"results_bucket": RESULTS, "sessions_table": "image-edit-sessions"},
    "adopt": dict.fromkeys(ADOPTED, True),
}
# What the check says of things that the embedded stack had before the rehearsal.
OF_THE_STACK = ("function exists", "role exists", "adopt.log_groups", "originals_table", "cdn.logs_bucket")


@dataclass(kw_only=True)
class Readers:
    """People who ask for *addresses* (host and path) all the time. *names*: the distribution that a host leads to."""

    emulator: str
    names: dict[str, str]
    addresses: tuple[tuple[str, str], ...] = ()
    answers: Counter[tuple[str, int]] = field(default_factory=Counter[tuple[str, int]])
    stopped: threading.Event = field(default_factory=threading.Event)

    def ask(self, client: httpx.Client, host: str, path: str) -> int:
        """Ask the edge for one address; return the status."""
        headers = {"host": self.names[host], "x-forwarded-proto": "https"}
        return client.get(f"{self.emulator}{path}", headers=headers).status_code

    def go_on(self) -> None:
        """Ask for every address, again and again."""
        with httpx.Client(timeout=ENDED_S, trust_env=False) as client:
            while not self.stopped.wait(PAUSE_S):
                for host, path in self.addresses:
                    self.answers[path, self.ask(client, host, path)] += 1

    def later(self) -> None:
        """Wait until everything has been asked for twice more."""
        wanted = self.answers.total() + 2 * len(self.addresses)
        wait_for(lambda: self.answers.total() >= wanted or None, what=lambda: f"answers, found {self.answers}")


@contextmanager
def reading(readers: Readers) -> Generator[None]:
    """Let *readers* ask during the block."""
    thread = threading.Thread(target=readers.go_on)
    thread.start()
    try:
        readers.later()
        yield
        readers.later()
    finally:
        readers.stopped.set()
        thread.join()


@dataclass(frozen=True, kw_only=True, slots=True)
class Migration:
    """The operator's side. *old*: id of the distribution of before."""

    stack: LocalStack
    aws: Aws
    old: str

    @property
    def run(self) -> RunConfig:
        """The embedded stack's addresses."""
        return RunConfig.load(self.stack.folder / "run.json")

    def deploy(self, **cdn: Any) -> None:
        """Deploy as `pulumi up` does."""
        deploy(self.stack, {**SHAPES, "cdn": cdn})

    def command(self, *arguments: str, **cdn: Any) -> str:
        """Run a command with the stack's settings; return what it printed."""
        file = self.stack.folder / STACK_FILE
        config = config_of(self.stack, {**SHAPES, "cdn": cdn})
        file.write_text(yaml.safe_dump({"config": config}), encoding="utf-8")
        keys = {"AWS_ACCESS_KEY_ID": ROOT, "AWS_SECRET_ACCESS_KEY": ROOT}
        options = ("--stack", str(file), "--endpoint-url", self.aws.address)
        done = CliRunner(env=keys).invoke(cli, [*arguments, *options])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.stdout

    def refusals(self, **cdn: Any) -> list[tuple[str, str]]:
        """Return what `migrate check` refuses, but for what the embedded stack itself had before."""
        lines = [json.loads(line) for line in self.command("migrate", "check", "--json", **cdn).splitlines()]
        refused = [(one["name"], one["text"]) for one in lines if one["outcome"] == "refused"]
        return [(name, text) for name, text in refused if not any(known in text for known in OF_THE_STACK)]

    def record(self, photo_id: str) -> Mapping[str, Any]:
        """Wait until a photo is active."""
        table = self.aws.client("dynamodb")

        def look() -> Mapping[str, Any] | None:
            item = table.get_item(TableName=TABLE, Key={"id": {"S": photo_id}}).get("Item")
            found = from_item(item) if item else {}
            return found if found.get("status") == "active" else None

        return wait_for(look, what=lambda: f"photo {photo_id} active")

    def upload(self, key: str) -> Mapping[str, Any]:
        """Upload a photo as the old backend does, and wait for its renditions."""
        self.aws.client("s3").put_object(Bucket=ORIGINALS, Key=key, Body=photo())
        return self.record(key)


def photo() -> bytes:
    """Draw a photo."""
    return jpeg.jpeg(scene.scene(900, 600))


@pytest.fixture
def migration(tmp_path: Path) -> Iterator[Migration]:
    """Make the old account beside a stack that has no photos: buckets, tables, a photo and a distribution."""
    with started(tmp_path / "stack", "--no-edits") as stack:
        aws = root(stack.known["aws"])
        old_account.make_buckets(aws)
        old_account.make_tables(aws)
        s3 = aws.client("s3")
        s3.create_bucket(Bucket=RENDITIONS)
        s3.delete_public_access_block(Bucket=RENDITIONS)
        s3.put_bucket_policy(Bucket=RENDITIONS, Policy=old_account.public(RENDITIONS))
        s3.put_object(Bucket=ORIGINALS, Key=KEY, Body=photo())
        s3.put_object(Bucket=RENDITIONS, Key="renditions/weddings/bride_small.jpg", Body=photo())
        item = {"id": {"S": KEY}, "gallery_id": {"S": "weddings"}, "status": {"S": "active"}}
        aws.client("dynamodb").put_item(TableName=TABLE, Item=item)
        yield Migration(stack=stack, aws=aws, old=old_account.gallery_distribution(aws, DOMAIN))


def prepare(migration: Migration) -> None:
    """Step 1: what `migrate check` asks for, and signed requests of the old distribution."""
    aws = migration.aws
    aws.client("s3").put_bucket_acl(Bucket=ORIGINALS, ACL="private")
    gone: Any = [{"Delete": {"IndexName": "ByDay"}}]
    aws.client("dynamodb").update_table(TableName=TABLE, GlobalSecondaryIndexUpdates=gone)
    before = aws.client("s3").get_bucket_notification_configuration(Bucket=ORIGINALS)
    kept = {key: value for key, value in before.items() if key.endswith("Configurations")}
    aws.client("s3").put_bucket_notification_configuration(
        Bucket=ORIGINALS, NotificationConfiguration={**kept, "EventBridgeConfiguration": {}}
    )
    old_account.sign_requests(aws, migration.old)


def test_every_old_url_is_answered_from_the_cut_over_to_the_way_back(migration: Migration) -> None:
    """No 403 and no 404 in any step; what closes in the last one is what the page says."""
    beside = {"originals": "public", "former_distribution_id": migration.old, "certificate_arn": CERTIFICATE}
    moved = {**beside, "domain": DOMAIN}
    hosts = old_account.hosts(migration.aws)
    old, new = hosts[migration.old], migration.run.distribution_host
    edge = urlsplit(migration.stack.known["cdn"]).netloc
    readers = Readers(emulator=migration.aws.address, names={DOMAIN: old, edge: new})
    readers.addresses = tuple((DOMAIN, path) for path in OLD)
    with reading(readers):
        assert migration.refusals(**beside)
        prepare(migration)
        assert [] == migration.refusals(**beside)

        migration.deploy(**beside)
        readers.later()
        fresh = migration.upload("weddings/groom.jpg")
        migration.command("backfill", "--gallery", "weddings", "--max-usd", "1", **beside)
        found = migration.record(KEY)

        front_end = [urlsplit(one[f"{size}_url"]) for one in (fresh, found) for size in ("small", "large")]
        readers.addresses += tuple((one.netloc, f"{one.path}?{one.query}") for one in front_end)
        readers.later()

        readers.names[DOMAIN] = new
        migration.deploy(**moved)
        readers.later()
        cake = urlsplit(migration.upload("weddings/cake.jpg")["small_url"])
        assert DOMAIN == cake.netloc
        readers.addresses += ((DOMAIN, f"{cake.path}?{cake.query}"),)
        readers.later()

        # The way back, and forward again.
        readers.names[DOMAIN] = old
        migration.deploy(**beside)
        readers.later()
        readers.names[DOMAIN] = new
        migration.deploy(**moved)
        readers.later()

        # Closed: originals are read by neither distribution. The settings of the step before open them again.
        everything = readers.addresses
        readers.addresses = tuple(one for one in everything if one[1].startswith("/renditions/"))
        readers.later()
        migration.deploy(domain=DOMAIN, certificate_arn=CERTIFICATE, originals="off")
        readers.later()
        with httpx.Client(trust_env=False) as client:
            readers.names["old"] = old
            assert [403, 403] == [readers.ask(client, host, f"/{KEY}") for host in (DOMAIN, "old")]
        migration.deploy(**moved)
        readers.addresses = everything

    assert {200} == {status for _, status in readers.answers}, readers.answers
    assert {path for _, path in everything} == {path for path, _ in readers.answers}
