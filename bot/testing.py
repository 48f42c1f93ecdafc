"""`./guide test`: the whole truth about the project, the same here and in CI."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence

from rich.console import Console

from bot.settings import ROOT

console = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)
PACKAGES = ("bot", "nlu", "actions", "cases", "knowledge", "channels")
#: What browser tests need, as Debian calls it; fonts so that Chinese is seen in pictures.
BROWSER = ("chromium", "chromium-driver", "fonts-noto-cjk")


class NoBrowser(RuntimeError):
    "The browser tests need chromium and chromedriver, and they cannot be installed here"


def run_tests(rest: Sequence[str]) -> int:
    """Format, lint, types, imports, guides, then pytest; returns the first non-zero exit code.

    With arguments only pytest runs, with these arguments.
    """
    from bot.serve import trained
    from bot.settings import Settings

    if not rest:
        for name, command in _checks():
            console.print(f"— {name}", style="bold")
            code = subprocess.run(command, cwd=ROOT, check=False).returncode
            if code:
                console.print(f"{name}没有通过。", style="red")
                return code
        bring_browser()
    trained(Settings.load(), quiet=True)
    command = [sys.executable, "-m", "pytest", *(rest or ["tests"])]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def _checks() -> list[tuple[str, list[str]]]:
    python = sys.executable
    return [
        ("格式", [python, "-m", "ruff", "format", "--check", "."]),
        ("写法", [python, "-m", "ruff", "check", "."]),
        ("类型", [python, "-m", "mypy", *PACKAGES]),
        ("谁可以引用谁", [shutil.which("lint-imports") or "lint-imports"]),
        ("办事指南", [python, "-m", "bot", "check"]),
    ]


def bring_browser() -> None:
    """Install chromium for the browser tests where it is missing. Raises NoBrowser when that cannot be done."""
    if shutil.which("chromium") and shutil.which("chromedriver"):
        return
    console.print("— 准备浏览器(chromium)", style="bold")
    sudo = [] if _is_root() else ["sudo", "-n"]
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *BROWSER]):
        try:
            subprocess.run([*sudo, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except (OSError, subprocess.CalledProcessError):
            raise NoBrowser(f"装不上浏览器:请用管理员运行 apt-get install {' '.join(BROWSER)},再跑测试。") from None


def _is_root() -> bool:
    import os

    return os.geteuid() == 0
