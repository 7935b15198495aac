"""What an edit's order, its result and its refusal look like between the parent and its decoder child."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from processor.errors import EditCode, EditError
from processor.imaging.edit_model import Edited, EditLimits, OutputWish


@dataclass(frozen=True, kw_only=True, slots=True)
class EditOrder:
    """*plan*: as JSON; *assets*: the references of the sources that follow the photo's own."""

    plan: str
    limits: EditLimits
    output: OutputWish
    assets: tuple[str, ...]


@cache
def order_type() -> TypeAdapter[EditOrder]:
    """Build the checker of orders when the first one comes."""
    return TypeAdapter(EditOrder)


@cache
def edited_type() -> TypeAdapter[Edited]:
    """Build the checker of results when the first one comes."""
    return TypeAdapter(Edited)


def pack_edited(edited: Edited) -> tuple[dict[str, Any], list[bytes]]:
    """Split a result into JSON and the file's bytes."""
    plain = asdict(edited)
    return plain, [plain.pop("data")]


def unpack_edited(plain: Any, blobs: Sequence[bytes]) -> Edited:
    """Join what *pack_edited* split, checking every type; raises ValueError when something else came."""
    if not isinstance(plain, dict) or len(blobs) != 1:
        raise ValueError("expected an edited picture and one file")
    return edited_type().validate_python({**plain, "data": blobs[0]})


def refusal(error: EditError) -> dict[str, Any]:
    """Say an EditError."""
    said = {"code": error.code, "log": str(error), "public": error.public, "details": error.details}
    return {"event": "refused", **said}


def refused(answer: dict[str, Any]) -> EditError:
    """Make the EditError that the child said; raises ValueError when it is none."""
    details: Any = answer.get("details")
    if not isinstance(details, dict):
        raise ValueError(f"expected the details of a refusal, received {type(details).__name__}")  # noqa: TRY004 - nonsense from the wire
    return EditError(
        EditCode(answer.get("code")), str(answer.get("log")), public=str(answer.get("public")), details=details
    )
