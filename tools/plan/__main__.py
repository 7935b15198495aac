"""Show what the Pulumi program declares.

python -m tools.plan STACK            print the plan of one stack
python -m tools.plan --update         write tests/golden/plan.<stack>.txt anew, for every stack, and plan.<switch>.txt
"""

from __future__ import annotations

from typing import Final

import click

from components.testing.program import PROJECT, Json
from components.testing.recorder import ROOT, STACKS, record, stack_config
from local.changes import merged
from tools.plan.text import difference_of, text_of

SETTINGS: Final = f"{PROJECT}:settings"
# Settings that are off by default, and what they change in the plan of one stack.
SWITCHED: Final = "dev"
SWITCHES: Final[dict[str, Json]] = {"on-demand": {"renditions": {"on_demand": True}}}


@click.command()
@click.argument("stack", required=False, type=click.Choice(STACKS))
@click.option("--update", is_flag=True, help="Write the plans that tests compare with.")
def main(*, stack: str | None, update: bool) -> None:
    """Show what the Pulumi program declares as STACK."""
    if update == bool(stack):
        raise click.UsageError("expected either a stack or --update")
    if stack:
        click.echo(text_of(record(stack)), nl=False)
        return
    for name in STACKS:
        path = ROOT / "tests" / "golden" / f"plan.{name}.txt"
        path.write_text(text_of(record(name)), encoding="utf-8")
        click.echo(path.relative_to(ROOT))
    for name, change in SWITCHES.items():
        path = ROOT / "tests" / "golden" / f"plan.{name}.txt"
        path.write_text(difference_of(record(SWITCHED), record(SWITCHED, switched(change))), encoding="utf-8")
        click.echo(path.relative_to(ROOT))


def switched(change: Json) -> Json:
    """Return the configuration of the stack SWITCHED with *change* in its settings."""
    config = stack_config(SWITCHED)
    return {**config, SETTINGS: merged(config[SETTINGS], change)}


if __name__ == "__main__":
    main()
