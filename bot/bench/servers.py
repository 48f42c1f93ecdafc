"""Servers started for a benchmark and stopped after it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests

from bot.settings import ROOT

#: Seconds that a server may take to come up.
PATIENCE = 180


class NotUp(RuntimeError):
    "A server of the benchmark did not come up"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def process(
    command: Sequence[str], log: Path, environ: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is gone after the block; what it prints goes to `log`."""
    with log.open("wb") as out:
        env = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", **(environ or {})}
        child = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out, env=env)
        try:
            yield child
        finally:
            child.terminate()
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def first_answer(url: str, body: dict[str, str], child: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for a server's first answer that is not empty. Raises NotUp with the end of its log."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and child.poll() is None:
        try:
            response = requests.post(url, json=body, timeout=30)
            if response.ok and response.json():
                return
        except (requests.RequestException, ValueError):
            pass
        time.sleep(0.05)
    raise NotUp(f"{url} 没有起来:\n{log.read_text(errors='replace')[-1500:]}")


@contextmanager
def stock(model: Path, folder: Path) -> Iterator[str]:
    """Rasa as its makers run it: `rasa run` and `rasa run actions`, over REST; the address of its webhook."""
    port, actions = free_port(), free_port()
    endpoints, credentials = folder / "endpoints.yml", folder / "credentials.yml"
    endpoints.write_text(f"action_endpoint:\n  url: http://127.0.0.1:{actions}/webhook\n", encoding="utf-8")
    credentials.write_text("rest:\n", encoding="utf-8")
    rasa = [sys.executable, "-m", "rasa"]
    with ExitStack() as stack:
        stack.enter_context(
            process(
                [*rasa, "run", "actions", "--actions", "bot.bench.trivial", "-p", str(actions)], folder / "actions.log"
            )
        )
        log = folder / "rasa.log"
        command = [*rasa, "run", "-m", str(model), "--endpoints", str(endpoints), "--credentials", str(credentials)]
        child = stack.enter_context(process([*command, "-p", str(port), "-i", "127.0.0.1"], log))
        url = f"http://127.0.0.1:{port}/webhooks/rest/webhook"
        first_answer(url, {"sender": "first", "message": "你好"}, child, log)
        yield url


@contextmanager
def ours(folder: Path) -> Iterator[str]:
    """Our engine with the same action; the address of its webhook."""
    port, log = free_port(), folder / "ours.log"
    with process([sys.executable, "-m", "bot.bench.ours", str(port)], log) as child:
        url = f"http://127.0.0.1:{port}/webhooks/rest/webhook"
        first_answer(url, {"sender": "first", "message": "你好"}, child, log)
        yield url


@contextmanager
def guide(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes], float]]:
    """The whole guide on an empty database, listening and not yet asked anything: its address, its process, and the
    moment it was started (perf_counter)."""
    port, log = free_port(), folder / "guide.log"
    environ = {"GUIDE_DATA": str(folder / "data"), "DATABASE_URL": "", "GUIDE_SECRET": ""}
    started = time.perf_counter()
    with process([sys.executable, "-m", "bot", "serve", "--port", str(port)], log, environ) as child:
        listening(port, child, log)
        yield f"http://127.0.0.1:{port}", child, started


def listening(port: int, child: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a server takes connections, without asking it anything. Raises NotUp with the end of its log."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and child.poll() is None:
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise NotUp(f"127.0.0.1:{port} 没有起来:\n{log.read_text(errors='replace')[-1500:]}")


def memory(pid: int) -> float:
    """Resident memory of a process in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024
