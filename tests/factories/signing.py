"""Key pairs of signed cookies and URLs, made once per run of the tests."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyPair:
    """Both halves in PEM. *private* is in the form that the AWS command line reads too."""

    private: str
    public: str


def key_pair(name: str = "backend", kind: Literal["rsa", "ecdsa"] = "rsa") -> KeyPair:
    """Return the pair called *name*: the same one for the same name and kind."""
    return made(name, kind)


@cache
def made(name: str, kind: Literal["rsa", "ecdsa"]) -> KeyPair:
    """Make a pair, once."""
    del name
    key = (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        if kind == "rsa"
        else ec.generate_private_key(ec.SECP256R1())
    )
    return KeyPair(
        private=key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode(),
        public=key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
    )
