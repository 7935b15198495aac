"""Define operations on the file that is written: its format, its quality, its metadata."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from processor.edits.operations.base import Operation, require

FORMAT_SYNONYMS = {"jpg": "jpeg", "tif": "tiff"}


def format_name(value: object) -> object:
    """Take ".JPG" for jpeg and the like; leave everything else to be refused."""
    if not isinstance(value, str):
        return value
    name = value.lower().removeprefix(".")
    return FORMAT_SYNONYMS.get(name, name)


PictureFormat = Literal["jpeg", "png", "webp", "avif", "gif", "tiff"]
FormatName = Annotated[PictureFormat, BeforeValidator(format_name)]


class Format(Operation):
    """Write the result in another format."""

    group: ClassVar = "file"
    examples: ClassVar = ("convert to webp", "save as png", "make it a jpg", "convert to lossless webp")

    op: Literal["format"] = "format"
    to: FormatName = Field(description="The format.")
    lossless: bool = Field(default=False, description="Keep every pixel value; not in JPEG.")

    @model_validator(mode="after")
    def _can_be_lossless(self) -> Self:
        fine = not self.lossless or self.to != "jpeg"
        require(holds=fine, expected="a format without loss (png, webp, avif, gif or tiff)", found=self.to)
        return self

    def words(self) -> str:
        """Describe this step."""
        return f"save as {'lossless ' if self.lossless else ''}{self.to.upper()}"


class Still(Operation):
    """Keep only the first frame of an animation."""

    group: ClassVar = "file"
    examples: ClassVar = ("first frame only", "remove the animation")

    op: Literal["still"] = "still"

    def words(self) -> str:
        """Describe this step."""
        return "keep the first frame only"


class Quality(Operation):
    """Set the quality of lossy formats, or the file's largest size."""

    group: ClassVar = "file"
    examples: ClassVar = ("maximum quality", "reduce quality to 50%", "compress to 500KB")

    op: Literal["quality"] = "quality"
    value: int | None = Field(
        default=None, ge=1, le=100, description="Quality; low 50, medium 75, high 90, maximum 100."
    )
    max_bytes: int | None = Field(
        default=None, ge=1_000, le=100_000_000, description="Largest file, bytes: quality and then size give way."
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        fine = self.value is not None or self.max_bytes is not None
        require(holds=fine, expected="value, max_bytes or both", found="none of them")
        return self

    def words(self) -> str:
        """Describe this step."""
        parts = [f"quality {self.value}"] if self.value is not None else []
        parts += [f"at most {self.max_bytes:,} bytes"] if self.max_bytes is not None else []
        return f"save with {' and '.join(parts)}"


class Metadata(Operation):
    """Set what the file tells about the photo: nothing, or its credit and copyright."""

    group: ClassVar = "file"
    examples: ClassVar = ("strip metadata", "keep copyright")

    op: Literal["metadata"] = "metadata"
    keep: Literal["nothing", "copyright"] = Field(
        default="nothing", description="What is kept; places and serial numbers never are."
    )

    def words(self) -> str:
        """Describe this step."""
        return "strip all metadata" if self.keep == "nothing" else "keep artist and copyright"
