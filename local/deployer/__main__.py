"""Entry point of the deployer of the stack `local`: python -m local.deployer --config out/local/run.json.

It reads the addresses of the run from that file and adds the outputs of the stack to it. It prints the changes in a
kept state, and errors; nothing for a new state.
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
    """Deploy; return 1, after one line on stderr, when that fails."""
    parser = argparse.ArgumentParser(prog="python -m local.deployer", description="Deploy the stack `local`.")
    parser.add_argument("--config", type=Path, required=True, help="run.json of the run")
    path = parser.parse_args(arguments).config
    try:
        run = RunConfig.load(path)
        deployment = deploy(run.addresses, Path(run.folder), dict(run.settings))
    except (OSError, ValueError) as error:
        return refuse(f"{path}: expected the run's addresses, received {error}")
    except (DeployError, pulumi.RunError) as error:
        return refuse(str(error))
    sys.stdout.writelines(f"{line}\n" for line in deployment.report)
    replace(run, outputs=deployment.outputs, distribution_host=deployment.distribution_host).save()
    return 0


def refuse(reason: str) -> int:
    """Print in one line why the deployment failed; return 1."""
    sys.stderr.write(f"deployer: {reason}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
