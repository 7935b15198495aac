"""An upgrade keeps what holds data or has an address: today's program over the states of releases.

A state is what `pulumi up` of that release left (``states.py``). When this test fails, read *An upgrade* in
CONTRIBUTING.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from components.testing.answers import COMPUTED
from components.testing.program import ROOT, Json
from components.testing.recorder import STACKS
from tests.engine import states
from tests.engine.command import Engine
from tests.engine.replacement import REPLACED_BY
from tests.engine.stacks import Outcome, Stack, copy_checkout, new_stack

# What may go or be replaced: by the release, its resources and the words of CHANGELOG.md that tell people why.
ALLOWED: Mapping[str, Mapping[str, str]] = {"db0f52a": {}}
# Settings that keep what a release named otherwise: people write them before they upgrade, as CHANGELOG.md says.
WRITTEN: Mapping[tuple[str, str], Json] = {
    ("db0f52a", "dev"): {
        "renditions": {"originals_bucket": "darkroom-dev-originals", "renditions_bucket": "darkroom-dev-renditions"},
        "edits": {"results_bucket": "darkroom-dev-results"},
        "cdn": {"logs_bucket": "darkroom-dev-cdn-logs"},
    }
}
# A layer version cannot be changed: a new lock is a new version, and the old one goes once no function uses it.
IMMUTABLE = {"renditions-imaging", "renditions-runtime"}
# Types that hold data, or that someone outside of the stack knows by an address, a name or a key.
KEPT = re.compile(
    r"aws:(s3/bucket:Bucket|dynamodb/table|sqs/queue:Queue|cloudfront/(distribution|publicKey|keyGroup)|ssm/parameter"
    r"|lambda/(function|alias|functionUrl)|cloudwatch/logGroup|sns/topic:Topic|kms/key|route53/record)|random:"
)
RELEASES = sorted(ALLOWED)


def upgraded(stack: Stack, release: str) -> tuple[Outcome, Mapping[str, str]]:
    """Preview today's program over the state of *release*; give the types of what was there, by name, as well."""
    resources = states.read(states.FOLDER / release / f"{stack.name}.json", stack.name)
    stack.load(resources)
    return stack.preview(WRITTEN.get((release, stack.name))), {
        one["urn"].split("::", 3)[3]: one["type"] for one in resources
    }


def lost(outcome: Outcome) -> set[str]:
    """Name what is deleted or replaced."""
    return outcome.of("delete") | outcome.of("replace")


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("name", STACKS)
def test_an_upgrade_keeps_data_and_addresses(
    engine: Engine, checkout: Path, tmp_path: Path, name: str, release: str
) -> None:
    """Nothing that holds data or has an address goes; whatever else goes is listed, and CHANGELOG.md says why."""
    outcome, types = upgraded(new_stack(engine, name, checkout, tmp_path / name), release)

    assert outcome.succeeded, outcome.text
    assert [] == sorted(one for one in lost(outcome) if KEPT.match(types[one]))
    assert [] == sorted(lost(outcome) - IMMUTABLE - ALLOWED[release].keys())


@pytest.mark.parametrize("release", RELEASES)
def test_what_an_upgrade_replaces_is_in_the_changelog(release: str) -> None:
    """People read it before they upgrade."""
    changelog = " ".join((ROOT / "CHANGELOG.md").read_text(encoding="utf-8").split())

    assert [] == [words for words in ALLOWED[release].values() if words not in changelog]


def test_every_type_says_which_inputs_replace_it() -> None:
    """A new type that `replacement.py` lacks is noticed on machines without the engine as well."""
    assert COMPUTED.keys() == REPLACED_BY.keys()


def test_a_renamed_component_is_noticed_and_an_alias_helps(engine: Engine, tmp_path: Path) -> None:
    """Another logical name is another resource: the old ones go, with their data, unless an alias says who they are."""
    renamed = '"editing", args=EditServiceArgs('
    aliased = f'"editing", opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="edits")]), {renamed[11:]}'
    losses: list[set[str]] = []
    for number, text in enumerate((renamed, aliased)):
        checkout = copy_checkout(tmp_path / f"checkout-{number}")
        main = checkout / "__main__.py"
        main.write_text(
            re.sub(r'"edits",\s+EditServiceArgs\(', text, main.read_text(encoding="utf-8")), encoding="utf-8"
        )
        outcome, _ = upgraded(new_stack(engine, "dev", checkout, tmp_path / str(number)), "db0f52a")
        assert outcome.succeeded, outcome.text
        losses.append(lost(outcome) - IMMUTABLE - ALLOWED["db0f52a"].keys())

    assert losses[0] > {"edits-sessions", "edits-jobs-queue", "edits-results-bucket", "edits-api-url"}
    assert set() == losses[1]
