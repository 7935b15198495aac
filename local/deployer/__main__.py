"""Deploy the stack `local` into a running emulator: python -m local.deployer --config out/local/run.json.

Reads the addresses of the run from that file and adds to it the outputs of the stack. Prints nothing but errors.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import pulumi

from local.deployer.deploy import deploy
from local.deployer.model import DeployError
from local.model import RunConfig


def main(arguments: list[str] | None = None) -> int:
    """Deploy; 1, and one line, when that fails."""
    parser = argparse.ArgumentParser(prog="python -m local.deployer", description="Deploy the stack `local`.")
    parser.add_argument("--config", type=Path, required=True, help="run.json of the run")
    run = RunConfig.load(parser.parse_args(arguments).config)
    try:
        deployment = deploy(run.addresses, Path(run.folder))
    except (DeployError, pulumi.RunError) as error:
        sys.stderr.write(f"deployer: {error}\n")
        return 1
    replace(run, outputs=deployment.outputs, distribution_host=deployment.distribution_host).save()
    return 0


if __name__ == "__main__":
    sys.exit(main())
