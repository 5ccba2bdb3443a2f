"""What browser tests share: a server in a process of its own, and a page as a candidate uses it."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Dialog, Locator, Page, expect

ROOT = Path(__file__).resolve().parent.parent
BANK = ROOT / "tests" / "small_bank"
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 60.0  # seconds; the machine may be busy with other tests


class Server:
    """A server on a free port, with a data folder that outlives it."""

    def __init__(self, data: Path, *command: str, **environment: str) -> None:
        self.data = data
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = [sys.executable, *command]
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        settings = {
            "INTERVIEWER_DATA": str(self.data),
            "INTERVIEWER_PORT": str(self.port),
            "INTERVIEWER_BANK": str(BANK),
            "INTERVIEWER_MODEL": "none",
            **self._environment,
        }
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, env={**os.environ, **settings}, stderr=subprocess.STDOUT
        )
        end = time.monotonic() + 2 * PATIENCE
        while not self._healthy():
            assert self._process.poll() is None, "the server ended while starting"
            assert time.monotonic() < end, "the server did not answer /healthz"
            time.sleep(0.1)

    def kill(self) -> None:
        """As kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _healthy(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=2).status_code == 200
        except httpx.TransportError:
            return False


class Candidate:
    """One visitor with a cookie jar of their own."""

    def __init__(self, browser: Browser, server: Server, width: int = 1280) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 900})
        self.server = server
        self.hosts: set[str] = set()
        self.errors: list[str] = []
        self.page = self.tab()

    def tab(self) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        page.on("request", lambda r: self.hosts.add(httpx.URL(r.url).host))
        page.on("pageerror", lambda e: self.errors.append(str(e)))
        page.on("dialog", self._dialog)
        return page

    def _dialog(self, dialog: Dialog) -> None:
        self.errors.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open(self, query: str = "") -> None:
        self.page.goto(f"{self.server.url}/{query}")

    def start(self, items: str, mode: str = "practice") -> str:
        """Begin a session; its id."""
        self.open(f"?items={items}&mode={mode}")
        self.page.locator("#start").click()
        expect(self.said("bot").first).to_be_visible()
        return self.page.locator("#session").get_attribute("data-id") or ""

    def say(self, text: str) -> None:
        """Type an answer, send it, and see it arrive."""
        before = self.said("user").count()
        self.page.locator("#answer textarea").fill(text)
        self.page.locator("#answer textarea").press("Enter")
        expect(self.said("user")).to_have_count(before + 1)

    def idle(self) -> None:
        """Wait until the interviewer has nothing more to do."""
        expect(self.page.locator("#chat")).to_have_attribute("data-busy", "false")

    def finish(self) -> None:
        """Press Finish and say that it is meant."""
        self.page.locator("#finish").click()
        self.page.locator("#finish-now").click()

    def said(self, who: str) -> Locator:
        return self.page.locator(f"#chat [data-testid={who}]")

    def type_code(self, code: str) -> None:
        self.page.locator("#code .cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(code)  # as a paste: nothing is indented or closed for us


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
