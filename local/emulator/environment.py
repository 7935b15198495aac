"""Configure ministack by environment variables, which it reads at import.

https://github.com/ministackorg/ministack#configuration
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from local.model import LOOPBACK

REGION: Final = "us-east-1"
ACCOUNT: Final = "000000000000"
LOG_NAME: Final = "emulator.log"


def environment(*, port: int, data: Path, persist: bool) -> dict[str, str]:
    """Return all variables that configure the emulator; *persist*: keep its state below *data*."""
    kept = "1" if persist else "0"
    return {
        # Enforce IAM: a call without permission fails as on AWS.
        "AUTH": "true",
        # Part of every address that the emulator returns: of queues, of layers.
        "MINISTACK_HOST": LOOPBACK,
        "GATEWAY_PORT": str(port),
        "BIND_HOST": LOOPBACK,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "LOG_LEVEL": "WARNING",
        "PERSIST_STATE": kept,
        "S3_PERSIST": kept,
        "STATE_DIR": str(data / "state"),
        "S3_DATA_DIR": str(data / "s3"),
        "TMPDIR": str(data / "tmp"),
        # Both would open another port, on every interface.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # Hide Docker: ministack would start and remove containers.
        "DOCKER_HOST": f"unix://{data / 'tmp' / 'no-docker.sock'}",
        "LAMBDA_EXECUTOR": "local",
    }
