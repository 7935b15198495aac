"""Read and write which profile a gallery has chosen: one item of the originals table.

    id                      key         profile
    renditions/<gallery>    profile/    a name in `renditions.profiles`

A backend writes it by one PutItem. No photo's id starts with ``renditions/``, and no original is called ``profile/``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from processor.aws.attributes import to_item
from processor.aws.faults import aws_call
from processor.aws.originals_table import address
from processor.keys import RENDITIONS
from processor.recipe import DEFAULT_PROFILE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PROFILE: Final = "profile/"


@dataclass(frozen=True, kw_only=True, slots=True)
class Galleries:
    """The galleries' items in the originals table."""

    dynamodb: DynamoDBClient
    table: str

    def profile(self, gallery: str) -> str:
        """Return the name of the chosen profile, strongly consistent; that of the default where there is no item."""
        with aws_call(f"dynamodb:GetItem {self.table} {gallery}"):
            answer = self.dynamodb.get_item(TableName=self.table, Key=key_of(gallery), ConsistentRead=True)
        # Whatever stands there was meant as a choice: a value of another type is no name of a profile.
        chosen = answer.get("Item")
        return str(chosen.get("profile", {}).get("S", chosen)) if chosen else DEFAULT_PROFILE

    def choose(self, gallery: str, profile: str) -> None:
        """Choose a profile."""
        item = to_item({"id": f"{RENDITIONS}{gallery}", "key": PROFILE, "profile": profile})
        with aws_call(f"dynamodb:PutItem {self.table} {gallery}"):
            self.dynamodb.put_item(TableName=self.table, Item=item)

    def forget(self, gallery: str) -> None:
        """Go back to the plain sizes."""
        with aws_call(f"dynamodb:DeleteItem {self.table} {gallery}"):
            self.dynamodb.delete_item(TableName=self.table, Key=key_of(gallery))


def key_of(gallery: str) -> dict[str, dict[str, str]]:
    """Return the primary key of a gallery's item."""
    return address(f"{RENDITIONS}{gallery}", PROFILE)
