"""An AWS account in memory: what is there, what AWS makes of a request, and what it refuses.

Outputs come from ``components/testing/answers.py``. Ids and versions that AWS assigns are new at every creation, and
``version`` of a function counts up whenever AWS would publish one.
"""

from __future__ import annotations

import copy
import secrets
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from components.testing.answers import COMPUTED, SECRETS, answer
from tests.engine.replacement import publishes

Properties = dict[str, Any]

KEY: Final = "aws:cloudfront/publicKey:PublicKey"
KEY_GROUP: Final = "aws:cloudfront/keyGroup:KeyGroup"
TABLE: Final = "aws:dynamodb/table:Table"
ALIAS: Final = "aws:lambda/alias:Alias"
FUNCTION: Final = "aws:lambda/function:Function"


class RefusedError(Exception):
    """AWS refuses a request; the text begins with AWS's code."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One resource that is there. *outputs* hold the inputs as well, as the provider reports them."""

    kind: str
    id: str
    inputs: Properties
    outputs: Properties


@dataclass
class Account:
    """Everything that is there, by type and id. *failing*: names in the program whose creation fails, each once."""

    things: dict[tuple[str, str], Thing] = field(default_factory=dict[tuple[str, str], Thing])
    made: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    failing: set[str] = field(default_factory=set[str])
    lock: threading.Lock = field(default_factory=threading.Lock)

    def copy(self) -> Account:
        """Give an equal account that changes by itself."""
        with self.lock:
            return Account(things=copy.deepcopy(self.things), made=Counter(self.made))

    def create(self, kind: str, name: str, inputs: Properties) -> Thing:
        """Make the resource that the program calls *name*; raise RefusedError when AWS would refuse it."""
        with self.lock:
            if name in self.failing:
                self.failing.remove(name)
                raise RefusedError(f"ServiceUnavailable: {name} cannot be created now")
            count = self.made[kind, name] + 1
            found, computed = answer(kind, name, inputs, version=str(count))
            if count > 1 and is_assigned(kind):
                found = f"{found}-{count}"
            if (kind, found) in self.things:
                raise RefusedError(f"AlreadyExists: {kind} {found}")
            if kind == KEY and any(one.inputs["name"] == inputs["name"] for one in self.of_kind(KEY)):
                raise RefusedError(f"PublicKeyAlreadyExists: {inputs['name']}")
            self.refuse_unknown_version(kind, inputs)
            if secret := SECRETS.get(kind):
                computed[secret] += f" {secrets.token_hex(8)}"
            self.made[kind, name] = count
            return self.put(Thing(kind, found, inputs, {**inputs, **computed}))

    def update(self, kind: str, found: str, inputs: Properties) -> Thing:
        """Change a resource; raise RefusedError when it is not there."""
        with self.lock:
            before = self.get(kind, found)
            self.refuse_unknown_version(kind, inputs)
            kept = {key: value for key, value in before.outputs.items() if key not in before.inputs}
            if publishes(kind, before.inputs, inputs):
                kept["version"] = str(int(kept["version"]) + 1)
            return self.put(Thing(kind, found, inputs, {**kept, **inputs}))

    def delete(self, kind: str, found: str) -> None:
        """Remove a resource; raise RefusedError when AWS keeps it."""
        with self.lock:
            thing = self.get(kind, found)
            users = [one.id for one in self.of_kind(KEY_GROUP) if found in one.inputs["items"]]
            if kind == KEY and users:
                raise RefusedError(f"PublicKeyInUse: {found} is in {', '.join(users)}")
            if kind == TABLE and thing.inputs.get("deletionProtectionEnabled"):
                raise RefusedError(f"ValidationException: {found} is protected against deletion")
            del self.things[kind, found]

    def find(self, kind: str, found: str) -> Thing | None:
        """Find a resource by its id."""
        with self.lock:
            return self.things.get((kind, found))

    def put(self, thing: Thing) -> Thing:
        """Note what is there now."""
        self.things[thing.kind, thing.id] = thing
        return thing

    def get(self, kind: str, found: str) -> Thing:
        """Give what must be there."""
        if (kind, found) not in self.things:
            raise RefusedError(f"NotFound: {kind} {found}")
        return self.things[kind, found]

    def of_kind(self, kind: str) -> list[Thing]:
        """Give everything of one type."""
        return [thing for (one, _), thing in self.things.items() if one == kind]

    def refuse_unknown_version(self, kind: str, inputs: Mapping[str, Any]) -> None:
        """Raise RefusedError when an alias names a version that was never published."""
        if kind != ALIAS:
            return
        function, version = inputs["functionName"], inputs["functionVersion"]
        newest = self.get(FUNCTION, function).outputs["version"]
        if not 1 <= int(version) <= int(newest):
            raise RefusedError(f"ResourceNotFoundException: function {function} has no version {version}")


def is_assigned(kind: str) -> bool:
    """Tell whether AWS assigns the id of a *kind* without a look at its name: another one at every creation."""
    template = COMPUTED[kind].get("id", "{name}")
    return "{name}" not in template and "{version}" not in template
