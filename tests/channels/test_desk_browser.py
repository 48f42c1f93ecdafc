from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.keys import Keys

from tests.browser import browser, serve
from tests.channels.desk_client import app_for
from tests.channels.desk_office import TOKEN, Office
from tests.channels.desk_screen import FAINT, Page


@pytest.fixture(scope="module")
def driver() -> Iterator[Chrome]:
    with browser(1366, 768) as driver:
        yield driver


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def page(driver: Chrome, office: Office) -> Iterator[Page]:
    with serve(app_for(office)) as address:
        page = Page(driver, address)
        yield page
        page.run("sessionStorage.clear()")
        # An open stream would keep the server from ending.
        driver.get("about:blank")


def test_a_wrong_token_is_refused_and_the_right_one_kept_for_the_tab(page: Page) -> None:
    page.log_in(token="wrong")
    page.until(lambda: "口令不对" in page.text("#login-error"))
    page.one("#login-token").clear()
    page.one("#login-token").send_keys(TOKEN, Keys.ENTER)
    page.until(lambda: page.one("#start-call").is_displayed())
    page.driver.refresh()
    page.until(lambda: page.text("#clerk") == "6021 号")
    assert page.run("return localStorage.length") == 0
    page.click("#leave")
    page.until(lambda: page.one("#login").is_displayed())
    assert page.run("return sessionStorage.getItem('desk-token')") is None


def test_a_call_from_the_first_words_to_the_checklist(page: Page, office: Office) -> None:
    page.new_call()
    page.say("我想开餐馆,租的")
    page.asks("建筑面积多少平方米")
    assert page.texts("#transcript mark") == ["开餐馆"]
    assert page.texts("#facts .value") == ["租赁"]
    assert "我想开餐馆,租的" in page.text("#facts q")
    assert page.text("#script .step span") == "第 2 问 / 共 4 问"
    page.one(".typed input").send_keys("320", Keys.ENTER)
    page.asks("做哪些吃的")
    assert "为什么问:这关系到您要不要带:专间设置说明。" in page.text("#script .why")
    hot, _, drinks, *_ = page.all("#script .option")
    hot.click()
    drinks.click()
    page.click("#script .main")
    page.asks("委托别人代办")
    page.one("body").send_keys(Keys.ALT, "2")
    page.asks("要不要先帮您把申请表填好")
    assert [text for _, text in office.turns[1:]] == ["320平方米", "#food=hot,drinks", "#agent=no"]
    assert page.texts("#transcript .picked") == ["准备做哪些吃的? 热食类、自制饮品", "是不是委托别人代办? 否"]
    page.until(lambda: page.texts("#materials .name")[:1] == ["场所平面图(经营场所)原件"])
    assert page.texts("#materials h3") == ["要带的2", "不用交的1"]
    assert page.texts("#totals b") == ["17", "58", "13", "1"]
    assert page.text("#code") == "CASE02"
    assert "开办餐饮店一件事 · 四川省" in page.text("#sheet-title")
    page.click("#tab-form")
    assert "已填 1 / 2 项" in page.text("#form")
    page.one("#tab-form").send_keys(Keys.ARROW_LEFT)
    assert "待核实:冷食一般不能用告知承诺方式办" in page.text("#procedures")


def test_the_list_to_send(page: Page) -> None:
    page.new_call()
    page.say("我想开餐馆,租的")
    page.asks("建筑面积")
    page.click("#send-list")
    text = page.one("#list-text").get_attribute("value") or ""
    for line in (
        "【开办餐饮店一件事】四川省",
        "· 食品经营许可(餐饮服务经营者),市场监督管理局,承诺 5 个工作日,法定 15 个工作日,免费"
        "〔待核实:冷食一般不能用告知承诺方式办〕",
        "要带的(2 样):",
        "· 房屋租赁合同(经营场所),复印件",
        "· 营业执照,电子,不用交:电子证照能查到",
        "〔容缺受理〕缺次要材料的先受理,5 天内补上。",
        "办件码 CASE02:换手机或再打 12345,报这个码就能接着办。",
    ):
        assert line in text.splitlines()
    page.click("#list-copy")
    page.until(lambda: page.text("#list-done") == "已复制")


def test_pasted_lines_are_segments_and_the_agents_are_only_noted(page: Page, office: Office) -> None:
    page.new_call()
    box = page.one("#words")
    page.run("arguments[0].value = arguments[1]", box, "来电人:我想开餐馆\n坐席:场所是租的吗\n\n对,租的")
    box.send_keys(Keys.ENTER)
    page.asks("建筑面积")
    assert [text for _, text in office.turns] == ["我想开餐馆", "对,租的"]
    assert page.texts("#transcript .agent p") == ["场所是租的吗"]


def test_what_people_say_is_never_markup(page: Page) -> None:
    call = page.new_call()
    page.heard(call, 1, "<img src=x onerror=document.title='taken'><b>餐馆</b>")
    page.asks("自有还是租的")
    assert "<img src=x" in page.text("#transcript")
    assert page.all("#transcript img, #transcript b") == []
    assert page.texts("#transcript mark") == ["餐馆"]
    assert page.driver.title == "12345 坐席台 · 一件事一次办"


def test_live_candidates_from_the_telephone(page: Page, office: Office) -> None:
    call = page.new_call()
    page.heard(call, 1, "我想办招牌", final=False)
    page.until(lambda: page.texts("#candidates .name") == ["户外招牌一件事"])
    assert page.text("#transcript .partial p") == "我想办招牌…"
    assert page.texts("#candidates mark") == ["招牌"]
    assert page.text("#candidates .percent") == "70%"
    page.click("#candidates .candidate")
    page.until(lambda: page.all("#candidates .candidate:disabled"))
    assert office.turns == [(call, "我要办户外招牌一件事")]


def test_candidates_keep_their_order_under_the_pointer(page: Page) -> None:
    call = page.new_call()
    page.heard(call, 1, "招牌,餐馆", final=False)
    names = ["开办餐饮店一件事", "户外招牌一件事"]
    page.until(lambda: page.texts("#candidates .name") == names)
    ActionChains(page.driver).move_to_element(page.one("#candidates")).perform()
    page.heard(call, 1, "招牌,门头,餐馆,旅馆", final=False)
    page.until(lambda: page.texts("#candidates .name") == [*names, "开办旅馆一件事"])
    assert page.texts("#candidates .percent") == ["70%", "90%", "70%"]
    ActionChains(page.driver).move_to_element(page.one("h1")).perform()
    page.until(lambda: page.texts("#candidates .name")[0] == "户外招牌一件事")


def test_a_choice_is_made_with_a_button(page: Page, office: Office) -> None:
    page.new_call()
    page.say("我想做个招牌,开个旅馆")
    page.asks("您说的是哪一件")
    assert "开旅馆的治安、卫生、消防一次办完" in page.text("#script")
    ActionChains(page.driver).double_click(page.one("#script .option")).perform()
    page.asks("自有还是租的")
    assert [text for _, text in office.turns[1:]] == ["#bundle=open_hotel"]


def test_words_that_could_not_be_taken_can_be_sent_again(page: Page, office: Office) -> None:
    page.new_call()
    office.broken = True
    page.say("我想开餐馆")
    page.until(lambda: "这句没有记上" in page.text("#transcript"))
    assert "系统刚才没有记下" in page.text("#script.failed")
    office.broken = False
    page.click("#transcript .error button")
    page.asks("自有还是租的")


def test_the_page_shows_that_the_guide_is_thinking(page: Page, office: Office) -> None:
    page.new_call()
    office.hold = asyncio.Event()
    page.say("我想开餐馆")
    page.until(lambda: page.texts("#transcript .thinking") == ["正在想下一句…"])
    assert page.text("#transcript .caller p") == "我想开餐馆"
    hold, office.hold = office.hold, None
    assert office.loop is not None
    office.loop.call_soon_threadsafe(hold.set)
    page.asks("自有还是租的")
    assert page.all("#transcript .thinking") == []


def test_a_case_is_taken_up_by_its_code(page: Page) -> None:
    page.system.post("/api/desk/calls/earlier/say", json={"text": "我想开餐馆,租的"}).raise_for_status()
    page.new_call()
    page.click("#resume")
    page.one("#resume-code").send_keys("ZZZZZZ")
    page.until(lambda: "没有找到办件码 ZZZZZZ" in page.text("#resume-found"))
    assert not page.one("#resume-go").is_enabled()
    page.one("#resume-code").clear()
    page.one("#resume-code").send_keys("case02")
    page.until(lambda: "开办餐饮店一件事" in page.text("#resume-found"))
    page.click("#resume-go")
    page.asks("建筑面积")
    assert page.text("#code") == "CASE02"


def test_recent_calls_are_opened_again(page: Page) -> None:
    page.system.post("/api/desk/calls/earlier/say", json={"text": "我想开餐馆"}).raise_for_status()
    page.log_in()
    page.click("#recent button")
    page.asks("自有还是租的")
    assert page.driver.current_url.endswith("#call=earlier")
    page.driver.refresh()
    page.asks("自有还是租的")


def test_a_hand_over_is_made_claimed_and_closed(page: Page, office: Office) -> None:
    page.new_call()
    page.say("我想开餐馆,租的")
    page.asks("建筑面积")
    page.click("#hand-over")
    page.until(lambda: "已转办 20261124-0001" in page.text("#handed"))
    assert not page.one("#hand-over").is_enabled()
    page.click("#tab-orders")
    page.click(".order")
    page.until(lambda: "我想开餐馆,租的" in page.text("#order q"))
    body = page.text("#order")
    for part in (
        "CASE02",
        "是不是委托别人代办?",
        "房屋租赁合同",
        "食品经营许可(餐饮服务经营者)",
        "名称(字号)",
        "群众:我要开餐馆",
    ):
        assert part in body
    page.click("#claim")
    page.one("#result").send_keys("材料齐,明天到窗口")
    assert page.text("#statuses [aria-pressed=true]") == "办理中"
    page.click("#close")
    page.until(lambda: page.text("#statuses [aria-pressed=true]") == "已办结")
    assert "材料齐,明天到窗口" in page.text("#order")
    assert office.slips["20261124-0001"]["clerk"] == "6021 号"


def test_another_clerks_hand_over_can_only_be_read(page: Page, office: Office) -> None:
    page.system.post("/api/desk/calls/c1/say", json={"text": "转人工"}).raise_for_status()
    page.log_in()
    page.until(lambda: page.text("#waiting") == "1")
    page.click("#tab-orders")
    page.click(".order")
    page.one("#claim")
    office.claim("20261124-0001", "二号窗口")
    page.click("#claim")
    page.until(lambda: page.text("#notice") == "20261124-0001 已由 二号窗口 受理")
    page.until(lambda: "二号窗口 正在办" in page.text("#order .doing"))
    assert page.all("#claim, #close") == []


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080)])
def test_nothing_is_cut_off(page: Page, width: int, height: int) -> None:
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    page.new_call()
    page.say("我想开餐馆,租的")
    page.asks("建筑面积")
    page.until(lambda: page.all("#materials li"))
    for axis in ("Width", "Height"):
        script = f"return document.documentElement.scroll{axis} <= window.inner{axis}"
        assert page.run(script)
    for css in ("#words", "#hand-over", "#send-list", ".typed input", "#code"):
        box = page.one(css).rect
        assert box["x"] + box["width"] <= width and box["y"] + box["height"] <= height


def test_every_control_has_a_name_and_every_text_its_contrast(page: Page) -> None:
    page.new_call()
    page.say("我想开餐馆,租的")
    page.asks("建筑面积")
    page.until(lambda: page.all("#materials li"))
    nameless = """
        return [...document.querySelectorAll("button, input, textarea, select, [role=tabpanel], [role=tablist]")]
          .filter((e) => !(e.textContent.trim() || e.labels?.length || e.getAttribute("aria-label")
            || e.getAttribute("aria-labelledby"))).map((e) => e.outerHTML)
    """
    assert page.run(nameless) == []
    assert page.run(FAINT) == []
