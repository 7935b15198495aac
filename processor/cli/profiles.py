"""Choose profiles by options: for a gallery of a stack, or for photos of this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from processor.errors import UsageError
from processor.recipe import DEFAULT_PROFILE
from processor.settings.services import DEFAULT_NAME, RenditionWork

if TYPE_CHECKING:
    # `darkroom render` needs no AWS.
    from processor.aws.galleries import Galleries
    from processor.cli.stacks import OpenedStack


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A gallery, and the profile to choose for it."""

    gallery: str
    profile: str

    def write(self, galleries: Galleries) -> None:
        """Choose the profile."""
        if self.profile == DEFAULT_PROFILE:
            galleries.forget(self.gallery)
        else:
            galleries.choose(self.gallery, self.profile)


def choice_of(stack: OpenedStack, profile: str | None, gallery: str | None) -> Choice | None:
    """Check --profile against the settings; None without it."""
    if profile is None:
        return None
    if gallery is None:
        raise UsageError("--profile: found it without --gallery, expected the gallery that chooses it")
    return Choice(gallery=gallery.strip("/"), profile=profile_named(profile, stack.settings.renditions))


def profile_named(option: str, settings: RenditionWork) -> str:
    """Return the profile that --profile names; `default` is that of the plain sizes."""
    known = {name or DEFAULT_NAME: name for name in settings.recipes}
    if option not in known:
        raise UsageError(f"--profile: found {option!r}, expected one of {', '.join(known)}")
    return known[option]
