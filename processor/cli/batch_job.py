"""Write the request and the list of objects of ``backfill --engine s3-batch`` as files for the AWS command line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from processor.cli.stacks import OpenedStack
from processor.errors import UsageError
from processor.ops.backfill.batch import BatchJobTarget, JobManifest, generated_manifest, job_request, manifest_csv

SCHEME: Final = "s3://"


@dataclass(frozen=True, kw_only=True, slots=True)
class JobOptions:
    """Options of the command line for the job."""

    role_arn: str | None
    inventory: str | None
    out: Path


def write_job(stack: OpenedStack, options: JobOptions, keys: list[str]) -> None:
    """Write ``job.json`` and, without an inventory, the list of objects; print the commands that use them."""
    if not options.role_arn:
        raise UsageError("--role-arn: found none, expected the role that S3 assumes (see docs/operations.md)")
    if not keys and not options.inventory:
        click.echo("Nothing to send: no job is written.")
        return
    settings = stack.settings.renditions
    target = BatchJobTarget(
        account_id=stack.clients.account_id(),
        region=stack.clients.region,
        function_name=settings.function_name,
        bucket=settings.renditions_bucket,
        role_arn=options.role_arn,
        stack=stack.name,
    )
    options.out.mkdir(parents=True, exist_ok=True)
    if options.inventory:
        manifest, upload = inventory(stack, options.inventory), ""
    else:
        csv = manifest_csv(settings.originals_bucket, keys)
        manifest, listed = generated_manifest(target.bucket, csv), options.out / "objects.csv"
        listed.write_bytes(csv)
        upload = f"aws s3api put-object --bucket {manifest.bucket} --key {manifest.key} --body {listed}\n"
    request = options.out / "job.json"
    description = (
        f"Darkroom backfill of {stack.name}: {'inventory' if manifest.inventory else f'{len(keys):,} originals'}"
    )
    request.write_text(json.dumps(job_request(target, manifest, description=description), indent=1), encoding="utf-8")
    click.echo(f"{upload}aws s3control create-job --cli-input-json file://{request}", nl=True)
    click.echo("The job waits until you confirm it in S3's console.", err=True)


def inventory(stack: OpenedStack, address: str) -> JobManifest:
    """Find an inventory's manifest and its ETag."""
    bucket, _, key = address.removeprefix(SCHEME).partition("/")
    if not address.startswith(SCHEME) or not key.endswith("manifest.json"):
        raise UsageError(f"--inventory: found {address}, expected s3://bucket/…/manifest.json")
    etag = stack.clients.etag(bucket, key)
    if etag is None:
        raise UsageError(f"--inventory: {address} does not exist, expected a delivered S3 Inventory")
    return JobManifest(bucket=bucket, key=key, etag=etag, inventory=True)
