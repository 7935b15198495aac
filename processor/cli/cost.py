"""The ``cost`` command: estimate the bill of a stack, resource by resource."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click
from rich.console import Console
from rich.table import Table

from processor.cli.examples import examples
from processor.cli.values import Amount
from processor.ops.cost.bill import Bill, Due, Row, Use, total
from processor.ops.cost.prices import Price, load_prices
from processor.settings.stack_file import read_stack


@click.command(epilog=examples("darkroom cost --stack prod --photos 1000000 --new-per-month 50000"))
@click.option("--stack", required=True, metavar="NAME", help="Stack (Pulumi.NAME.yaml here), or a settings file.")
@click.option("--photos", type=click.IntRange(min=0), default=100_000, show_default=True, help="Photos there are.")
@click.option("--new-per-month", type=click.IntRange(min=0), default=10_000, show_default=True, help="Uploads a month.")
@click.option(
    "--views-per-photo",
    type=Amount(min=0),
    default=20.0,
    show_default=True,
    help="Views over a photo's life.",
)
@click.option("--edits-per-month", type=click.IntRange(min=0), default=1_000, show_default=True, help="Edits a month.")
@click.option(
    "--unread-streams-per-month",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Progress streams that nothing reads, each open for its whole lifetime.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per row.")
def cost(  # noqa: PLR0913 - one argument per option
    *,
    stack: str,
    photos: int,
    new_per_month: int,
    views_per_photo: float,
    edits_per_month: int,
    unread_streams_per_month: int,
    as_json: bool,
) -> None:
    """Estimate what a stack costs.

    Computed from its settings, measured receipts and list prices (processor/ops/cost).
    """
    prices = load_prices()
    use = Use(
        photos=photos,
        new_per_month=new_per_month,
        views_per_photo=views_per_photo,
        edits_per_month=edits_per_month,
        unread_streams_per_month=unread_streams_per_month,
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
        fields = {"resource": row.resource, "of": row.of, "due": row.due, "amount": row.amount, "per": row.price.per}
        click.echo(json.dumps({**fields, "usd": round(row.usd, 6)}, ensure_ascii=False))


def print_rows(rows: Sequence[Row]) -> None:
    """Print two tables: costs that are paid once, and costs of every month."""
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
    """Print each price with its region, date and source."""
    click.echo("Prices:")
    for price in sorted(prices, key=lambda one: one.per):
        click.echo(f"  ${price.usd:g} per {price.per}: {price.region}, {price.date}, {price.source}")
