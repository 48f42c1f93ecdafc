"""The desk on a screen: what an agent sees, types and clicks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.channels.desk_client import STAFF
from tests.channels.desk_office import TOKEN

#: Texts whose contrast to what is behind them is below 4.5 (WCAG 2.1, 1.4.3).
FAINT = """
    const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
      .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
      .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
    const colour = (text) => text.match(/[\\d.]+/g).map(Number);
    const behind = (e) => {
      const c = colour(getComputedStyle(e).backgroundColor);
      return c.length === 4 && c[3] === 0 ? (e.parentElement ? behind(e.parentElement) : [255, 255, 255]) : c;
    };
    return [...document.body.querySelectorAll("*")]
      .filter((e) => e.checkVisibility() && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
      .map((e) => [light(colour(getComputedStyle(e).color)), light(behind(e)), e])
      .filter(([a, b]) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5)
      .map(([, , e]) => e.className + " " + e.textContent);
"""

#: Seconds after which a page that shows nothing is called broken; far more than any machine needs.
BROKEN = 60


class Page:
    """The desk as an agent uses it: what is seen, typed and clicked."""

    def __init__(self, driver: Chrome, address: str) -> None:
        self.driver = driver
        self.address = address
        self.system = httpx.Client(base_url=address, headers=STAFF, timeout=None)

    def run(self, script: str, *arguments: object) -> Any:
        """What a script on the page returns."""
        return self.driver.execute_script(script, *arguments)  # type: ignore[no-untyped-call]

    def until(self, seen: Callable[[], object]) -> None:
        """Wait for what the page will show."""
        WebDriverWait(self.driver, BROKEN, poll_frequency=0.02, ignored_exceptions=(Exception,)).until(lambda _: seen())

    def all(self, css: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def one(self, css: str) -> WebElement:
        self.until(lambda: self.all(css))
        return self.all(css)[0]

    def text(self, css: str) -> str:
        return self.one(css).text

    def texts(self, css: str) -> list[str]:
        return [element.text for element in self.all(css)]

    def click(self, css: str) -> None:
        self.until(lambda: self.one(css).is_displayed() and self.one(css).is_enabled())
        self.one(css).click()

    def asks(self, words: str) -> None:
        """Wait for a question."""
        self.until(lambda: words in self.text("#script"))

    def log_in(self, clerk: str = "6021 号", token: str = TOKEN) -> None:
        self.driver.get(f"{self.address}/desk")
        self.one("#login-clerk").send_keys(clerk)
        self.one("#login-token").send_keys(token, Keys.ENTER)

    def new_call(self) -> str:
        self.log_in()
        self.click("#start-call")
        self.until(lambda: self.text("#link") == "已连接")
        return str(self.run("return new URLSearchParams(location.hash.slice(1)).get('call')"))

    def say(self, text: str) -> None:
        self.one("#words").send_keys(text, Keys.ENTER)

    def heard(self, call: str, seq: int, text: str, final: bool = True) -> None:
        """The telephone system sends words of the caller."""
        segment = {"call": call, "seq": seq, "role": "caller", "text": text, "final": final}
        self.system.post("/api/desk/segments", json=segment).raise_for_status()
