"""Make and use the key pair by which a run signs cookies, where its settings ask for signatures.

The private key stays in the run's folder, readable by its owner alone. On AWS the product's backend has it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from processor.aws.signing import RSA_BITS, Signer

FILE: Final = "signing.pem"
# As long as the page's token (local/front/oidc.py): both are renewed when the page is loaded again.
LIFETIME_S: Final = 12 * 3600


def public_key(folder: Path) -> str:
    """Return the public half of the key of *folder*, in PEM; make the pair if there is none."""
    path = folder / FILE
    if not path.exists():
        pem = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
    key = load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)  # noqa: S101 - it was made above
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def set_cookies(folder: Path, outputs: Mapping[str, Any]) -> Iterator[str]:
    """Yield the values of Set-Cookie that let the developer see every gallery and result, as long as a token lasts.

    Cookies know no ports, so what the page sets reaches the CDN, as a cookie of a common domain does on AWS.
    """
    for path in outputs.get("signedPaths", ()):
        signer = Signer.from_pem(
            (folder / FILE).read_bytes(), cdn=outputs["cdnUrl"], key_id=outputs["signingKeyIds"][0]
        )
        until = datetime.now(UTC) + timedelta(seconds=LIFETIME_S)
        grant = signer.grant(f"{signer.cdn}/{path}", until=until)
        for name, value in grant.cookies.items():
            yield f"{name}={value}; Path={grant.path}; Max-Age={LIFETIME_S}; HttpOnly; SameSite=Lax"
