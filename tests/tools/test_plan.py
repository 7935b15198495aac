"""The recorder sees everything, and says so when it does not."""

from __future__ import annotations

import asyncio

import pulumi
import pulumi_aws as aws
import pytest
from click.testing import CliRunner
from pulumi.runtime.settings import SETTINGS

from components.testing.program import event_loop
from components.testing.recorder import ROOT, record_program
from tools.plan.__main__ import main
from tools.plan.text import text_of


def test_a_type_without_an_answer_is_refused() -> None:
    """A new kind of resource must say what AWS answers, or the program would run on nothing."""
    with pytest.raises(LookupError, match=r"^expected no aws:sns/sms"):
        record_program(lambda: aws.sns.SmsPreferences("texts"))


def test_two_resources_of_one_name_are_refused() -> None:
    """Pulumi refuses them only at deployment."""

    def program() -> None:
        for _ in range(2):
            aws.sqs.Queue("twice")

    with pytest.raises(LookupError, match=r"^expected every resource once, received .*twice"):
        record_program(program)


def test_an_unexpected_question_is_refused() -> None:
    """A plan must not depend on the account it was made in."""
    with pytest.raises(LookupError, match=r"^expected no call of aws:index/getRegion"):
        record_program(lambda: pulumi.export("region", aws.get_region_output().region))


def test_a_secret_shows_where_it_leaks() -> None:
    """Encrypted it stands as it is; unwrapped it is called so."""

    def program() -> None:
        secret = pulumi.Output.secret("secret of no account")
        pulumi.export("kept", secret)
        pulumi.export("leaked", pulumi.Output.unsecret(secret))

    assert {"kept": "secret of no account", "leaked": "IN CLEAR: secret of no account"} == record_program(
        program
    ).outputs


def test_a_plan_reads_well() -> None:
    """Documents are opened, tags stand on one line, protection is said."""

    def program() -> None:
        aws.sqs.Queue(
            "q",
            name="work",
            redrive_policy='{"maxReceiveCount": 5}',
            policy="{not JSON",
            tags={"b": "2", "a": "1"},
            opts=pulumi.ResourceOptions(protect=True, import_="https://sqs/work"),
        )

    assert (
        "# What the stack test declares. Written by `make plan`, compared by `make test`.\n"
        "\n"
        "q · aws:sqs/queue:Queue · protect · import https://sqs/work\n"
        "    name: work\n"
        "    policy: '{not JSON'\n"
        "    redrivePolicy: {maxReceiveCount: 5}\n"
        "    tags: a=1 b=2\n"
        "\n"
        "outputs\n"
    ) == text_of(record_program(program))


def test_the_command_prints_a_plan() -> None:
    """The command prints the text that tests compare with."""
    done = CliRunner().invoke(main, ["dev"])

    assert 0 == done.exit_code
    assert (ROOT / "tests" / "golden" / "plan.dev.txt").read_text(encoding="utf-8") == done.stdout


def test_the_command_requires_a_stack_or_update() -> None:
    """Neither, or both, is one line and exit code 2."""
    done = CliRunner().invoke(main, [])

    assert 2 == done.exit_code
    assert done.stderr.endswith("Error: expected either a stack or --update\n")


def test_what_a_failed_program_left_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt argument fails the tests that meet it; others in the same process would wait for its outputs."""
    loop = asyncio.new_event_loop()
    left = loop.create_future()
    loop.close()
    monkeypatch.setattr(SETTINGS, "outputs", {left})
    waited_for: set[object] = set()

    def program() -> None:
        outstanding: set[object] = getattr(SETTINGS, "outputs")  # noqa: B009 - Pulumi's descriptor has no usable type
        waited_for.update(outstanding)
        outstanding.discard(left)

    record_program(program)

    assert left not in waited_for


def test_what_was_about_to_begin_ends_with_its_loop() -> None:
    """A program that fails under load leaves such tasks; whatever test the garbage collector meets would fail of them.

    One of them begins another while it ends, as outputs of outputs do.
    """
    begun: list[asyncio.Task[bool]] = []

    async def dependent() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            begun.append(asyncio.get_running_loop().create_task(asyncio.Event().wait()))

    with event_loop(threads=1) as loop:
        waiting = loop.create_task(dependent())
        loop.run_until_complete(asyncio.sleep(0))
        unbegun = loop.create_task(asyncio.Event().wait())

    assert [True, True, True] == [task.cancelled() for task in (waiting, unbegun, *begun)]
