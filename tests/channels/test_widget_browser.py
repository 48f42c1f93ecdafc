"""The widget in a real browser, talking to the real guide."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from bot.app import create_app
from tests.browser import browser, serve

ROOT = "const root = document.getElementById('yijianshi-guide').shadowRoot;"


class Widget:
    """The widget as a person sees it."""

    def __init__(self, driver):
        self.driver = driver
        self.wait = WebDriverWait(driver, 20)

    def run(self, script, *args):
        return self.driver.execute_script(ROOT + script, *args)

    def all(self, selector):
        return self.run("return [...root.querySelectorAll(arguments[0])]", selector)

    def until(self, selector, count=1):
        return self.wait.until(lambda _: found if len(found := self.all(selector)) >= count else False)

    def says(self, text):
        self.wait.until(lambda _: text in self.run("return root.querySelector('.log').innerText"))

    def type(self, text):
        self.until("textarea")[0].send_keys(text + Keys.ENTER)

    def settle(self):
        """Wait until nothing is being asked of the server."""
        self.wait.until(lambda _: not self.all(".waiting"))

    def press(self, title):
        live = "[...root.querySelectorAll('.choices:not([inert]) button')]"
        script = f"return {live}.filter(b => b.textContent.includes(arguments[0])).pop()"
        button = self.wait.until(lambda _: self.run(script, title))
        self.run("arguments[0].click()", button)
        self.settle()

    def walk(self, answers):
        """Answer what is asked until the checklist stands there."""
        for _ in range(20):
            self.settle()
            if self.all(".checklist"):
                return
            asked = self.run("return [...root.querySelectorAll('.bubble:not(.mine)')].pop().textContent")
            before = len(self.all(".bubble:not(.mine)"))
            self.type(next((said for part, said in answers.items() if part in asked), "不知道"))
            seen_more = lambda _, seen=before: len(self.all(".bubble:not(.mine)")) > seen or self.all(".checklist")  # noqa: E731
            self.wait.until(seen_more)
        raise AssertionError(
            "no checklist after 20 answers: " + self.run("return root.querySelector('.log').innerText")
        )


@pytest.fixture(scope="module")
def home(guide):
    with serve(create_app(guide)) as address:
        yield address


@pytest.fixture(params=[(390, 844), (1280, 800)], ids=["phone", "desktop"])
def driver(request):
    with browser(*request.param) as opened:
        yield opened


@pytest.fixture
def widget(driver, home):
    driver.get(home + "/")
    opened = Widget(driver)
    opened.wait.until(lambda _: driver.execute_script("return !!document.getElementById('yijianshi-guide')"))
    return opened


ANSWERS = {
    "营业执照": "还没办",
    "名义": "个体户",
    "自有": "租的",
    "面积": "80平",
    "吃的": "炒菜",
    "招牌": "挂",
    "委托": "不",
    "一起办": "都不用",
}


def test_from_a_wish_to_the_number(widget, driver):
    driver.find_element(By.CSS_SELECTOR, "[data-guide='我要开餐馆']").click()
    widget.says("明白,您要办“开办餐饮店一件事”")
    widget.walk(ANSWERS)
    groups = [g.text for g in widget.all(".checklist summary")]
    assert any(g.startswith("要带的") for g in groups)
    assert any(g.startswith("不用交的") for g in groups)
    assert "→" in widget.until(".savings")[0].text
    assert len(widget.until(".checklist .code b")[0].text) == 6
    assert driver.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")
    widget.press("同意")
    widget.says("请一次告诉我这几项")
    widget.type("看看申请表")
    assert "推算的" in widget.until(".form .badge")[0].text
    widget.type("转人工")
    number = widget.until(".handover .number")[0].text
    assert number.count("-") == 1
    assert number.replace("-", "").isdigit()


def test_keyboard_alone_and_escape(widget, driver):
    widget.run("root.querySelector('.opener').focus()")
    driver.switch_to.active_element.send_keys(Keys.ENTER)
    widget.until(".panel:not([hidden])")
    assert widget.run("return root.activeElement.tagName") == "TEXTAREA"
    widget.type("我要开餐馆")
    widget.says("明白,您要办")
    for _ in range(40):
        driver.switch_to.active_element.send_keys(Keys.TAB)
        assert widget.run("return !!root.activeElement"), "the focus left the dialog"
    driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    widget.wait.until(lambda _: widget.run("return root.querySelector('.panel').hidden"))
    assert widget.run("return root.activeElement.className") == "opener"


def test_large_type_and_reload_go_on(widget, driver):
    widget.run("root.querySelector('.opener').click()")
    size = widget.run("return getComputedStyle(root.querySelector('.bubble')).fontSize")
    widget.run("[...root.querySelectorAll('.tools button')].find(b => b.textContent === '大字版').click()")
    assert float(widget.run("return getComputedStyle(root.querySelector('.bubble')).fontSize")[:-2]) > float(size[:-2])
    widget.type("我要开餐馆")
    widget.says("明白,您要办")
    widget.settle()
    driver.refresh()
    widget.wait.until(lambda _: driver.execute_script("return !!document.getElementById('yijianshi-guide')"))
    widget.run("root.querySelector('.opener').click()")
    widget.says("我要开餐馆")
    widget.type("为什么问这个")
    widget.says("这关系到您要不要")


def test_markup_stays_text(widget):
    widget.run("root.querySelector('.opener').click()")
    widget.type("<img src=x onerror=\"document.title='broken'\"><b>粗</b>")
    widget.says("<b>粗</b>")
    widget.settle()
    assert not widget.all(".log img, .bubble b")
    assert widget.driver.title != "broken"


def test_a_lost_network_loses_nothing(widget, driver):
    widget.run("root.querySelector('.opener').click()")
    driver.execute_cdp_cmd("Network.enable", {})
    offline = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", offline)
    widget.type("我要开餐馆")
    widget.says("您的话还在")
    driver.execute_cdp_cmd(
        "Network.emulateNetworkConditions",
        {**offline, "offline": False, "downloadThroughput": -1, "uploadThroughput": -1},
    )
    widget.run("root.querySelector('.notice button').click()")
    widget.says("明白,您要办“开办餐饮店一件事”")


def test_the_narrowest_screen(home):
    with browser(320, 640) as narrow:
        narrow.get(home + "/")
        widget = Widget(narrow)
        widget.wait.until(lambda _: narrow.execute_script("return !!document.getElementById('yijianshi-guide')"))
        assert narrow.execute_script("return document.documentElement.scrollWidth") <= 320
        widget.run("root.querySelector('.opener').click()")
        widget.type("我要开餐馆")
        widget.says("明白,您要办")
        assert widget.run("return root.querySelector('.log').scrollWidth <= root.querySelector('.log').clientWidth")
