"""A gallery's choice of a profile, in the originals table."""

from __future__ import annotations

from typing import Any

import pytest

from processor.aws.galleries import Galleries
from tests.factories.darkroom import ITEMS, Darkroom


@pytest.fixture
def galleries(darkroom: Darkroom) -> Galleries:
    """Open the choices over moto."""
    client: Any = darkroom.dynamodb
    return Galleries(dynamodb=client, table=ITEMS)


@pytest.mark.parametrize("gallery", ["smith-wedding", "2025/smith", "", "Käse + 50 %"])
def test_a_gallery_has_the_profile_that_it_has_chosen_last(galleries: Galleries, gallery: str) -> None:
    """None at first, and none again when it is forgotten; another gallery's choice is its own."""
    found = [galleries.profile(gallery)]
    for profile in ("proof", "delivered"):
        galleries.choose(gallery, profile)
        found.append(galleries.profile(gallery))
    other = galleries.profile(f"{gallery}/below")
    galleries.forget(gallery)

    assert (["", "proof", "delivered"], "", "") == (found, other, galleries.profile(gallery))


def test_a_backend_chooses_by_one_call(darkroom: Darkroom, galleries: Galleries) -> None:
    """The item of docs/proofs.md."""
    item = {"id": {"S": "renditions/smith-wedding"}, "key": {"S": "profile/"}, "profile": {"S": "delivered"}}
    darkroom.dynamodb.client.put_item(TableName=ITEMS, Item=item)

    assert "delivered" == galleries.profile("smith-wedding")


def test_a_choice_of_another_type_is_never_taken_for_none(darkroom: Darkroom, galleries: Galleries) -> None:
    """It was meant as a choice, so the plain sizes would be wrong; no profile has such a name."""
    item = {"id": {"S": "renditions/w"}, "key": {"S": "profile/"}, "profile": {"L": [{"S": "proof"}]}}
    darkroom.dynamodb.client.put_item(TableName=ITEMS, Item=item)

    assert galleries.profile("w") not in {"", "proof"}
