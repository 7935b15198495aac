"""Define the messages of an edit between the parent and its decoder child: order, result and refusal."""

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
    """One edit to do. *plan*: as JSON; *assets*: the references of the sources that follow the photo's own."""

    plan: str
    limits: EditLimits
    output: OutputWish
    assets: tuple[str, ...]


@cache
def order_type() -> TypeAdapter[EditOrder]:
    """Build the validator of orders at its first use."""
    return TypeAdapter(EditOrder)


@cache
def edited_type() -> TypeAdapter[Edited]:
    """Build the validator of results at its first use."""
    return TypeAdapter(Edited)


def pack_edited(edited: Edited) -> tuple[dict[str, Any], list[bytes]]:
    """Split a result into JSON and the file's bytes."""
    plain = asdict(edited)
    return plain, [plain.pop("data")]


def unpack_edited(plain: Any, blobs: Sequence[bytes]) -> Edited:
    """Join what *pack_edited* split and check every type; raises ValueError for anything else."""
    if not isinstance(plain, dict) or len(blobs) != 1:
        raise ValueError("expected an edited picture and one file")
    return edited_type().validate_python({**plain, "data": blobs[0]})


def pack_refusal(error: EditError) -> dict[str, Any]:
    """Return *error* as a message."""
    fields = {"code": error.code, "log": str(error), "public": error.public, "details": error.details}
    return {"event": "refused", **fields}


def unpack_refusal(message: dict[str, Any]) -> EditError:
    """Return the EditError of *message*; raises ValueError when it holds none."""
    details: Any = message.get("details")
    if not isinstance(details, dict):
        raise ValueError(f"expected the details of a refusal, received {type(details).__name__}")  # noqa: TRY004 - a protocol error
    return EditError(
        EditCode(message.get("code")), str(message.get("log")), public=str(message.get("public")), details=details
    )
