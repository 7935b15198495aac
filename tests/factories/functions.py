"""Lambda functions made of a few lines of Python, for the embedded stack's host."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile, ZipInfo

from local.lambdas.credentials import Credentials
from local.lambdas.function import Function

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


LOGGING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["logs:*"], "Resource": "*"}]}
)


def zip_of(files: Mapping[str, str]) -> bytes:
    """Pack *files*; scripts may be executed."""
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, text in files.items():
            entry = ZipInfo(name)
            entry.external_attr = (0o100755 if name.endswith(".sh") else 0o100644) << 16
            archive.writestr(entry, text)
    return packed.getvalue()


def hash_of(data: bytes) -> str:
    """Hash a zip as Lambda does."""
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def function(**changes: Any) -> Function:
    """Describe a function."""
    plain = Function(
        name="photo",
        version="3",
        arn="arn:aws:lambda:eu-west-1:000000000000:function:photo:3",
        revision="r1",
        handler="app.handler",
        runtime="python3.13",
        role="arn:aws:iam::000000000000:role/photo",
        variables={"TABLE": "photos"},
        memory_mib=256,
        timeout_s=30,
        tmp_mib=512,
        log_group="/aws/lambda/photo",
        log_format="Text",
        code_sha256=hash_of(b""),
        code_url="http://localhost:4566/code?signature=x",
        reserved=None,
    )
    return replace(plain, **changes)


def credentials(*, minutes: float = 60) -> Credentials:
    """Return credentials that last for so long."""
    expires = datetime.now(UTC) + timedelta(minutes=minutes)
    return Credentials(access_key="ASIAX", secret_key="s", token="t", expires=expires)  # noqa: S106 - opens nothing


def code(folder: Path, text: str) -> Path:
    """Write the module ``app`` to a folder of its own."""
    place = folder / "code"
    place.mkdir()
    (place / "app.py").write_text(text, encoding="utf-8")
    return place
