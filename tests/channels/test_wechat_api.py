from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from channels.wechat import api as wechat_api
from channels.wechat.api import Api, ApiError, TokenProvider
from tests.channels.wechat_account import APP_ID, ME, SETTINGS, FakeWeChat


def use(wechat: FakeWeChat, do: Callable[[Api], Awaitable[Any]], **settings: Any) -> Any:
    async def main() -> Any:
        api = Api(replace(SETTINGS, **settings), httpx.ASGITransport(wechat.app))
        try:
            return await do(api)
        finally:
            await api.close()

    return asyncio.run(main())


def answering(answer: Callable[[httpx.Request], httpx.Response]) -> Api:
    return Api(SETTINGS, httpx.MockTransport(answer))


def test_a_text_arrives_as_utf8() -> None:
    wechat = FakeWeChat()
    use(wechat, lambda api: api.send_text(ME, "材料 <a href='x'>清单</a>"))
    assert wechat.sent == [(ME, "材料 <a href='x'>清单</a>")]
    assert "材料".encode() in wechat.bodies[0]


def test_the_token_is_stable_and_kept() -> None:
    wechat = FakeWeChat()

    async def twice(api: Api) -> None:
        await api.send_text(ME, "一")
        await api.send_text(ME, "二")

    use(wechat, twice)
    assert wechat.token_requests == [
        {"grant_type": "client_credential", "appid": APP_ID, "secret": SETTINGS.app_secret}
    ]
    assert len(wechat.sent) == 2


def test_only_one_fetch_at_a_time() -> None:
    wechat = FakeWeChat()

    async def together(api: Api) -> None:
        await asyncio.gather(*(api.send_text(ME, str(n)) for n in range(5)))

    use(wechat, together)
    assert len(wechat.token_requests) == 1
    assert len(wechat.sent) == 5


@pytest.mark.parametrize(("seconds", "fetches"), [(301, 1), (300, 2), (0, 2)])
def test_a_token_is_fetched_anew_five_minutes_before_its_end(
    monkeypatch: pytest.MonkeyPatch, seconds: int, fetches: int
) -> None:
    monkeypatch.setattr(wechat_api.time, "monotonic", lambda: 1000.0)
    requests: list[httpx.Request] = []

    def give(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, json={"access_token": "T", "expires_in": seconds})

    async def main() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(give), base_url="http://wechat.test") as client:
            provider = TokenProvider(client, SETTINGS)
            assert [await provider.token(), await provider.token()] == ["T", "T"]

    asyncio.run(main())
    assert len(requests) == fetches


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_refused_token_is_replaced_once(code: int) -> None:
    wechat = FakeWeChat()
    wechat.errors = [code]
    use(wechat, lambda api: api.send_text(ME, "一"))
    assert len(wechat.token_requests) == 2
    assert wechat.sent == [(ME, "一")]


def test_a_token_refused_again_is_given_up() -> None:
    wechat = FakeWeChat()
    wechat.errors = [40001] * 10
    with pytest.raises(ApiError) as caught:
        use(wechat, lambda api: api.send_text(ME, "一"))
    assert caught.value.code == 40001
    assert len(wechat.token_requests) == 2
    assert len(wechat.errors) == 8


def test_many_who_met_the_same_refused_token_fetch_one_new_one() -> None:
    wechat = FakeWeChat()

    async def main(api: Api) -> list[str]:
        tokens = api._tokens
        old = await tokens.token()
        return list(await asyncio.gather(*(tokens.token(refused=old) for _ in range(4))))

    assert use(wechat, main) == ["TOKEN-2"] * 4


@pytest.mark.parametrize(
    ("code", "advice"), [(40125, "WECHAT_APP_SECRET"), (40013, "WECHAT_APP_ID"), (40164, "白名单")]
)
def test_no_token_is_explained_to_the_operator(code: int, advice: str) -> None:
    wechat = FakeWeChat()
    wechat.token_answer = {"errcode": code, "errmsg": "no"}
    with pytest.raises(ApiError, match=advice):
        use(wechat, lambda api: api.send_text(ME, "一"))
    assert len(wechat.token_requests) == 1


@pytest.mark.parametrize(
    ("errors", "able"), [([45047], True), ([45015], True), ([48001], False), ([-1], False), ([48001, 0], True)]
)
def test_whether_people_can_be_reached(errors: list[int], able: bool) -> None:
    wechat = FakeWeChat()
    wechat.errors = list(errors)

    async def main(api: Api) -> bool:
        for code in errors:
            if code:
                with pytest.raises(ApiError) as caught:
                    await api.send_text(ME, "一")
                assert caught.value.code == code
            else:
                await api.send_text(ME, "一")
        return api.able

    assert use(wechat, main) is able


@pytest.mark.parametrize("missing", ["app_id", "app_secret"])
def test_without_credentials_nothing_is_called(missing: str) -> None:
    wechat = FakeWeChat()

    async def main(api: Api) -> None:
        assert not api.able
        with pytest.raises(ApiError, match="WECHAT_APP_ID or WECHAT_APP_SECRET"):
            await api.send_text(ME, "一")

    use(wechat, main, **{missing: ""})
    assert wechat.token_requests == []


def _hang(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("too slow for TOKEN-1")


@pytest.mark.parametrize(
    "answer",
    [
        lambda request: httpx.Response(502, text="<html>TOKEN-1</html>"),
        lambda request: httpx.Response(200, text="<html>TOKEN-1</html>"),
        lambda request: httpx.Response(200, json=["TOKEN-1"]),
        lambda request: httpx.Response(200, json={"access_token": None, "expires_in": 7200}),
        lambda request: httpx.Response(200, json={"access_token": "TOKEN-1", "expires_in": "soon"}),
        _hang,
    ],
)
def test_a_broken_answer_is_an_error_that_tells_nothing(answer: Callable[[httpx.Request], httpx.Response]) -> None:
    with pytest.raises(ApiError) as caught:
        asyncio.run(answering(answer).send_text(ME, "一"))
    assert "TOKEN-1" not in str(caught.value)
    assert ME not in str(caught.value)


def test_every_call_has_a_time_limit() -> None:
    limits: list[dict[str, float]] = []

    def give(request: httpx.Request) -> httpx.Response:
        limits.append(request.extensions["timeout"])
        return httpx.Response(200, content=json.dumps({"access_token": "T", "expires_in": 7200}))

    asyncio.run(answering(give).send_text(ME, "一"))
    assert len(limits) == 2
    assert all(limit and set(limit.values()) == {5.0} for limit in limits)


def test_tokens_do_not_reach_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    use(FakeWeChat(), lambda api: api.send_text(ME, "一"))
    assert "stable_token" in caplog.text
    assert "TOKEN-1" not in caplog.text
