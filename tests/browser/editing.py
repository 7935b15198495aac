"""The editor as tests use it: opened as a user of its own, with edits that wait, and connections that break."""

from __future__ import annotations

import os
import signal
import uuid
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Locator, Page, Route

from local.run.orphans import command_of, descendants
from processor.aws.attributes import to_attribute
from testkit.embedded_stack import LocalStack, wait_for
from tests.browser.conftest import Opener

API = "processor.api.asgi"


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The editor of a user of its own: the API counts requests by user, and tests make many. *beach*: a ready photo."""

    opened: Opener
    stack: LocalStack
    beach: Mapping[str, Any]
    user: str = field(default_factory=lambda: f"test-{uuid.uuid4()}")

    def open(self, *photos: str, **options: Any) -> Page:
        """Open the editor with photos of the gallery; *options* are those of ``new_context``."""
        return self.visit(f"#/editor?{urlencode([('photo', one) for one in photos])}", **options)

    def visit(self, where: str, **options: Any) -> Page:
        """Open the page at a hash as this user; *options* are those of ``new_context``."""

        def prepare(page: Page) -> None:
            # Playwright sets an attribute on whom a method is bound to, and this is frozen.
            page.route("**/config.json", lambda route: self.sign_in(route))  # noqa: PLW0108 - as above

        return self.opened(where, prepare=prepare, **options)

    def sign_in(self, route: Route) -> None:
        """Give the page a token of this user."""
        answer = self.stack.http.post(f"{self.stack.page}/oidc/token", json={"user": self.user})
        route.fulfill(json={**route.fetch().json(), "token": answer.json()["access_token"]})

    def photo(self, *, name: str = "beach.jpg") -> str:
        """Put a photo of this user into the gallery, and return its id: a copy of the record that is ready."""
        own = {"id": str(uuid.uuid4()), "user_id": self.user, "filename": name}
        self.stack.aws.client("dynamodb").put_item(
            TableName=self.stack.known["outputs"]["photosTable"],
            Item={key: to_attribute(value) for key, value in {**self.beach, **own}.items() if key != "receipt"},
        )
        return own["id"]


def command(page: Page) -> Locator:
    """Find where commands are typed."""
    return page.get_by_label("What should be done?")


def run(page: Page, text: str) -> None:
    """Type a command and run it as soon as it is understood."""
    command(page).fill(text)
    page.get_by_role("button", name="Run on").click()


@contextmanager
def waiting_edits(stack: LocalStack) -> Generator[None]:
    """Let no edit begin within the block: the worker takes nothing out of its queue."""
    switch_worker(stack, on=False)
    try:
        yield
    finally:
        switch_worker(stack, on=True)


def switch_worker(stack: LocalStack, *, on: bool) -> None:
    """Connect the worker with its queue, or take it off."""
    functions = stack.aws.client("lambda")
    listed: list[Any] = list(functions.list_event_source_mappings()["EventSourceMappings"])
    [jobs] = [one for one in listed if one["EventSourceArn"].endswith("edit-jobs")]
    functions.update_event_source_mapping(UUID=jobs["UUID"], Enabled=on)


def break_streams(stack: LocalStack) -> None:
    """Kill every process of the edit API; others are started in their place."""
    workers = [pid for pid in descendants(stack.processes["api"]) if API in command_of(pid)]
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: True if serves(stack) else None, what=lambda: "the edit API to answer again")


def serves(stack: LocalStack) -> bool:
    """Tell whether the edit API answers."""
    return stack.http.get(f"{stack.known['api']}/health").status_code == 200
