"""The ``sign`` command: cookies of a private gallery or an edit session, or the signed URL of one file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar, cast
from urllib.parse import quote

import click

from processor.aws.clients import OperatorClients
from processor.aws.secrets import ParameterStore
from processor.aws.signing import Grant, Signer, gallery_resource, session_resource
from processor.cli.examples import examples
from processor.cli.values import Amount, FilePath
from processor.errors import UsageError

T = TypeVar("T")
YEAR_H: Final = 365 * 24


@click.command(
    epilog=examples(
        "darkroom sign --gallery weddings/smith --hours 24 --key-file signing.pem",
        "darkroom sign --session ses_0123 --hours 2 --key-file signing.pem --curl",
        "darkroom sign --url renditions/weddings/smith/IMG_1_large.jpg --key-parameter /darkroom/signing-key",
    )
)
@click.option("--gallery", metavar="G", help="Sign for all renditions of a gallery: the folder of its originals.")
@click.option("--session", metavar="ID", help="Sign for all results of an edit session.")
@click.option("--url", "address", metavar="ADDRESS", help="Sign one file: its address with its ?v=…, or its key.")
@click.option(
    "--hours",
    type=Amount(0, YEAR_H, min_open=True),
    default=24,
    show_default=True,
    help="How long it is valid.",
)
@click.option(
    "--outputs",
    type=FilePath(dir_okay=False),
    default="outputs.json",
    show_default=True,
    help="What `pulumi stack output --json` printed, or the run.json of an embedded stack.",
)
@click.option(
    "--key-file",
    type=FilePath(dir_okay=False),
    help="The private key of a public key in `cdn.signing_public_keys`, in PEM.",
)
@click.option("--key-parameter", metavar="NAME", help="The SSM parameter that holds it, instead of a file.")
@click.option("--region", default="us-east-1", show_default=True, help="Region of the parameter.")
@click.option("--endpoint-url", help="Address of an embedded stack instead of AWS, for the parameter.")
@click.option("--key-id", metavar="ID", help="Id of the key. [default: the first of the output signingKeyIds]")
@click.option("--curl", is_flag=True, help="Print the cookies as one line for `curl -b`, not as JSON.")
def sign(  # noqa: PLR0913 - one argument per option
    *,
    gallery: str | None,
    session: str | None,
    address: str | None,
    hours: float,
    outputs: Path,
    key_file: Path | None,
    key_parameter: str | None,
    region: str,
    endpoint_url: str | None,
    key_id: str | None,
    curl: bool,
) -> None:
    """Sign cookies and URLs of private galleries.

    Prints JSON with the resource, the cookies, their Path and the same as a query string; with --url one address. The
    private key is never printed and goes nowhere.
    """
    what = {"gallery": gallery, "session": session, "url": address}
    if sum(one is not None for one in what.values()) != 1:
        raise UsageError("expected one of --gallery, --session and --url")
    if (key_file is None) is (key_parameter is None):
        raise UsageError("expected the private key by --key-file or by --key-parameter")
    known = read_outputs(outputs)
    pem = key_file.read_bytes() if key_file else read_parameter(key_parameter or "", region, endpoint_url)
    until = datetime.now(UTC) + timedelta(hours=hours)
    signer = checked(lambda: Signer.from_pem(pem, cdn=str(known["cdnUrl"]), key_id=key_id or first_key(known)))
    if address is not None:
        click.echo(checked(lambda: signer.url(address_of(signer.cdn, address), until=until)))
        return
    grant = checked(lambda: signer.grant(resource_of(signer.cdn, gallery, session), until=until))
    click.echo(curl_line(grant) if curl else as_json(grant))


def read_outputs(path: Path) -> Mapping[str, Any]:
    """Read a stack's outputs; UsageError for a file without them."""
    try:
        tree: Any = json.loads(path.read_text(encoding="utf-8"))
        found = cast("Mapping[str, Any]", tree.get("outputs") or tree)
        _ = found["cdnUrl"]
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        raise UsageError(f"{path}: expected the JSON that `pulumi stack output --json` prints") from None
    return found


def read_parameter(name: str, region: str, endpoint_url: str | None) -> str:
    """Read the private key from a parameter; StoreUnavailable when it is missing."""
    return ParameterStore(ssm=OperatorClients(region=region, endpoint_url=endpoint_url).client("ssm")).read(name)


def first_key(outputs: Mapping[str, Any]) -> str:
    """Return the id of the key in use; UsageError in a stack that signs nothing."""
    ids = outputs.get("signingKeyIds") or ()
    if not ids:
        raise UsageError(
            "signingKeyIds: found no key, expected a stack with `cdn.renditions: signed` and `cdn.signing_public_keys` "
            "(docs/private-galleries.md), or --key-id"
        )
    return str(ids[0])


def resource_of(cdn: str, gallery: str | None, session: str | None) -> str:
    """Return what the cookies cover."""
    return gallery_resource(cdn, gallery) if gallery is not None else session_resource(cdn, session or "")


def address_of(cdn: str, given: str) -> str:
    """Return a whole address for a key, and an address as it is."""
    if not given:
        raise UsageError("--url: found an empty one, expected an address or a key")
    return given if given.startswith(("http://", "https://")) else f"{cdn}/{quote(given)}"


def checked(make: Callable[[], T]) -> T:
    """Turn the ValueError of a wrong argument into a UsageError."""
    try:
        return make()
    except ValueError as error:
        raise UsageError(str(error)) from None


def curl_line(grant: Grant) -> str:
    """Write the cookies as a Cookie header's value."""
    return "; ".join(f"{name}={value}" for name, value in grant.cookies.items())


def as_json(grant: Grant) -> str:
    """Write everything that a backend sets or a page appends."""
    expires = datetime.fromtimestamp(grant.expires, UTC).isoformat().replace("+00:00", "Z")
    tree = {
        "resource": grant.resource,
        "expires": expires,
        "path": grant.path,
        "cookies": grant.cookies,
        "query": grant.query,
    }
    return json.dumps(tree, indent=2)
