"""``cost``: what a stack costs, resource by resource; and what the old guides should have said."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click
from rich.console import Console
from rich.table import Table

from processor.cli.examples import examples
from processor.cli.stack_file import read_stack
from processor.errors import UsageError
from processor.ops.cost.guides import Guide, guides
from processor.ops.cost.prices import Price, load_prices
from processor.ops.cost.rows import Due, Row, total
from processor.ops.cost.stack import Bill, Use


@click.command(
    epilog=examples("darkroom cost --stack prod --photos 1000000 --new-per-month 50000", "darkroom cost --guides")
)
@click.option("--stack", metavar="NAME", help="Stack (Pulumi.NAME.yaml here), or a settings file.")
@click.option("--photos", type=click.IntRange(min=0), default=100_000, show_default=True, help="Photos there are.")
@click.option("--new-per-month", type=click.IntRange(min=0), default=10_000, show_default=True, help="Uploads a month.")
@click.option(
    "--views-per-photo",
    type=click.FloatRange(min=0),
    default=20.0,
    show_default=True,
    help="Views over a photo's life.",
)
@click.option("--edits-per-month", type=click.IntRange(min=0), default=1_000, show_default=True, help="Edits a month.")
@click.option("--guides", "of_guides", is_flag=True, help="The tables of both guides instead, with what was wrong.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per row.")
def cost(  # noqa: PLR0913 - one argument per option
    *,
    stack: str | None,
    photos: int,
    new_per_month: int,
    views_per_photo: float,
    edits_per_month: int,
    of_guides: bool,
    as_json: bool,
) -> None:
    """Estimate what a stack costs.

    Computed from its settings, measured receipts and list prices (processor/ops/cost).
    """
    prices = load_prices()
    if of_guides:
        for guide in guides(prices):
            print_guide(guide)
        return
    if stack is None:
        raise UsageError("--stack: found none, expected a stack's name, or --guides")
    use = Use(
        photos=photos,
        new_per_month=new_per_month,
        views_per_photo=views_per_photo,
        edits_per_month=edits_per_month,
    )
    rows = Bill(use=use, settings=read_stack(stack).settings, prices=prices).rows()
    if as_json:
        print_json(rows)
    else:
        print_rows(rows)
        print_prices({row.price for row in rows})


def print_json(rows: Sequence[Row]) -> None:
    """Print every row for a script."""
    for row in rows:
        said = {"resource": row.resource, "of": row.of, "due": row.due, "amount": row.amount, "per": row.price.per}
        click.echo(json.dumps({**said, "usd": round(row.usd, 6)}, ensure_ascii=False))


def print_rows(rows: Sequence[Row]) -> None:
    """Print the table, what is paid once and what every month apart."""
    console = Console(highlight=False, markup=False, soft_wrap=False)
    for due in Due:
        table = Table("resource", "use", "USD", title=f"Paid {due.value}", title_justify="left", show_footer=True)
        table.columns[0].footer, table.columns[2].footer = "total", f"{total(rows, due):,.2f}"
        table.columns[2].justify = "right"
        for row in rows:
            if row.due is due:
                table.add_row(row.resource, row.of, f"{row.usd:,.2f}")
        console.print(table)


def print_prices(prices: set[Price]) -> None:
    """Say whose prices these are."""
    click.echo("Prices:")
    for price in sorted(prices, key=lambda one: one.per):
        click.echo(f"  ${price.usd:g} per {price.per}: {price.region}, {price.date}, {price.source}")


def print_guide(guide: Guide) -> None:
    """Print one guide's table."""
    console = Console(highlight=False, markup=False)
    table = Table("resource", "usage", "guide", "right", "what was wrong", title=guide.title, title_justify="left")
    for line in guide.lines:
        printed = "-" if line.printed is None else f"${line.printed:.2f}"
        table.add_row(line.resource, line.usage, printed, f"${line.usd:.3f}", line.wrong or "nothing")
    table.add_row("Total", "", f"${guide.printed:.2f}", f"${guide.usd:.2f}", "")
    console.print(table)
    for note in guide.notes:
        click.echo(f"- {note}")
