"""Tests of URLs that can be refused without DNS."""

from __future__ import annotations

import pytest

from processor.errors import EditCode, EditError
from processor.fetch.rules import FetchRules

RULES = FetchRules(max_bytes=1_000_000)
FORBIDDEN = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0177.0.0.1/",
    "http://0.0.0.0/",
    "http://[::1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://168.63.129.16/",
    "http://100.64.0.1/",
    "http://①②⑦.0.0.1/",
    "http://example.com:22/",
    "http://user:password@example.com/",
    "http://example.com\\@127.0.0.1/",
    "ftp://example.com/a.jpg",
    "file:///etc/passwd",
    "//example.com/a.jpg",
    "http://",
    "http://exa mple.com/",
    "http://[bad/",
    "https://example.com/" + "a" * 2_048,
]


@pytest.mark.parametrize("url", FORBIDDEN)
def test_forbidden_address_is_refused_by_its_spelling(url: str) -> None:
    """No name server is asked about what no name server could make right."""
    with pytest.raises(EditError) as refusal:
        RULES.check(url)
    assert EditCode.SOURCE_REFUSED == refusal.value.edit_code


@pytest.mark.parametrize(
    "url", ["https://example.com/a.jpg?size=1", "http://EXAMPLE.com:80/", "https://93.184.216.34/a"]
)
def test_public_address_passes(url: str) -> None:
    """Public addresses may be fetched."""
    RULES.check(url)


def test_only_listed_hosts_pass_when_hosts_are_listed() -> None:
    """``allowed_source_hosts`` is a fence."""
    rules = FetchRules(max_bytes=1, allowed_hosts=("pictures.example.com",))

    rules.check("https://pictures.example.com/a.jpg")
    with pytest.raises(EditError):
        rules.check("https://example.com/a.jpg")


def test_refusal_names_the_remedy_and_keeps_the_secret() -> None:
    """The public text names the host, the expectation and the remedy; never a path or query."""
    with pytest.raises(EditError) as refusal:
        RULES.check("http://10.0.0.7/private?token=abc")

    assert (
        "The address of the picture (10.0.0.7) cannot be used: expected a public http:// or https:// address on the "
        "usual ports, without credentials. Use another address, or upload the file."
    ) == refusal.value.public
    assert "token" not in str(refusal.value)
    assert {"host": "10.0.0.7"} == refusal.value.details
