"""``darkroom cost``: arithmetic that can be followed, prices that can be checked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from darkroom.cli import cli

ROOT = Path(__file__).parents[2]


def cost(*options: str) -> Result:
    """Run the command."""
    return CliRunner(env={"COLUMNS": "200"}).invoke(cli, ["cost", *options], standalone_mode=False)


def rows(*options: str) -> list[dict[str, Any]]:
    """Run it for a script."""
    return [
        json.loads(line)
        for line in cost("--stack", str(ROOT / "Pulumi.prod.yaml"), "--json", *options).stdout.splitlines()
    ]


def row(said: list[dict[str, Any]], resource: str, per: str, due: str = "monthly") -> dict[str, Any]:
    """Find one row."""
    [found] = [one for one in said if one["resource"] == resource and per in one["per"] and one["due"] == due]
    return found


def test_a_million_photos_are_priced_by_hand() -> None:
    """Every factor is in the settings, the measurements or the price file."""
    said = rows("--photos", "1000000", "--new-per-month", "50000", "--edits-per-month", "0", "--views-per-photo", "20")

    compute = row(said, "galerly-image-processing", "GB-seconds", "once")
    assert pytest.approx(1_000_000 * 0.605 * 1769 / 1024 * 0.0000133334, abs=0.01) == compute["usd"]
    assert 20.00 == row(said, "galerly-renditions", "PUT", "once")["usd"]  # 4 renditions, $5 a million
    # Record 2 KB in three places, item 2 KB, lease, stem, release: 11 units, $0.625 a million.
    assert pytest.approx(6.875) == row(said, "galerly-photos", "write", "once")["usd"]
    assert 7.50 == row(said, "CDN", "tag")["usd"]  # 2,500 replaced or deleted, 1,000 free
    assert pytest.approx(1_000_000 * 523_861 / 1e9 * 0.085, abs=0.01) == row(said, "CDN", "GB")["usd"]
    assert 0 == row(said, "lambdallmproxy-image-processor", "GB-seconds")["usd"]


def test_a_stream_that_nothing_reads_is_billed_for_its_whole_lifetime() -> None:
    """Lambda does not tell the function that its reader is gone: 300 s at 512 MiB each."""
    said = rows("--unread-streams-per-month", "1000")
    [found] = [one for one in said if "nothing reads" in one["of"]]

    assert pytest.approx(1000 * 300 * 0.5 * 0.0000133334, abs=0.001) == found["usd"]
    assert [] == [one for one in rows() if "nothing reads" in one["of"]]


def test_a_thousand_photos_are_rendered_for_four_and_a_half_cents() -> None:
    """All in: compute, requests of every kind; with the defaults."""
    said = rows("--photos", "1000", "--new-per-month", "0")

    assert 0.044 < sum(one["usd"] for one in said if one["due"] == "once") <= 0.045


def test_a_setting_changes_the_bill(tmp_path: Path) -> None:
    """Half the memory for the same time is half the price; Intel is a quarter dearer."""
    stack = tmp_path / "small.yaml"
    bills: list[float] = []
    for more in (
        "memory_mib: 3008",
        "memory_mib: 1504",
        "memory_mib: 1504}\ndeployment: {architecture: x86_64, insights_layer_arn: '', web_adapter_layer_arn: ''",
    ):
        stack.write_text(f"renditions: {{{more}}}")
        said = [json.loads(line) for line in cost("--stack", str(stack), "--json").stdout.splitlines()]
        bills.append(row(said, "darkroom-small-rendition", "GB-seconds", "once")["usd"])

    assert pytest.approx(bills[0] / 2, abs=1e-5) == bills[1]
    assert pytest.approx(bills[1] * 1.25, abs=1e-4) == bills[2]


QUIET = ("--new-per-month", "0", "--edits-per-month", "0")


def test_events_cost_nothing_when_they_are_off(tmp_path: Path) -> None:
    """On: $1.40 a million through pipe and bus, $0.20 for a webhook, and what polling and alarms cost at most."""
    assert [] == [one for one in rows() if one["resource"] == "events"]

    stack = tmp_path / "told.yaml"
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:hook"
    webhook = f"{{name: hook, url: 'https://example.com/hook', secret_arn: '{arn}'}}"
    stack.write_text(f"events: {{enabled: true, webhooks: [{webhook}]}}")
    printed = cost("--stack", str(stack), "--json", "--photos", "1000000", *QUIET).stdout
    told = [one for one in map(json.loads, printed.splitlines()) if one["resource"] == "events"]
    once = sum(one["usd"] for one in told if one["due"] == "once")

    assert pytest.approx(1.60) == once
    # 2 streams x 4 reads a second x 30 days at $0.20 a million, and four metrics of alarms.
    assert pytest.approx(4.14720 + 0.40) == sum(one["usd"] for one in told if one["due"] == "monthly")


def test_people_get_tables_with_sums_and_sources() -> None:
    """One-time costs and monthly costs have separate tables."""
    printed = cost("--stack", str(ROOT / "Pulumi.dev.yaml")).stdout

    assert printed.index("Paid once") < printed.index("Paid monthly")
    assert 2 == printed.count("total")
    assert "$13.3334 per million GB-seconds: us-east-1, 2025-11-21, https://aws.amazon.com/lambda/pricing/" in printed


def test_a_stack_is_needed() -> None:
    """Sizes, memory and names are read from its file."""
    result = cost()

    assert isinstance(result.exception, click.MissingParameter)
    assert "--stack" in result.exception.format_message()
