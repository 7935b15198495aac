"""Show what the Pulumi program declares.

python -m tools.plan STACK            print the plan of one stack
python -m tools.plan --update         write tests/golden/plan.<stack>.txt anew, for every stack and every switch
"""

from __future__ import annotations

import click

from components.testing.recorder import ROOT, STACKS, record
from components.testing.variants import ORIGIN, VARIANTS, difference, record_variant
from tools.plan.text import text_of


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
    plans = {name: record(name) for name in STACKS}
    switched = {f"{ORIGIN}.{name}": difference(record_variant(name), plans[ORIGIN], f"{name} on") for name in VARIANTS}
    for name, plan in {**plans, **switched}.items():
        path = ROOT / "tests" / "golden" / f"plan.{name}.txt"
        path.write_text(text_of(plan), encoding="utf-8")
        click.echo(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
