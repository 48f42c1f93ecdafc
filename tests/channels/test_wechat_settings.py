from __future__ import annotations

import pytest

from channels.wechat import WeChatSettings
from tests.channels.wechat_account import APP_ID, KEY, OLD_KEY


def test_nothing_set_means_off() -> None:
    assert WeChatSettings.from_env({}) == WeChatSettings(
        token="", app_id="", app_secret="", aes_keys=(), api_base="https://api.weixin.qq.com", budget=4.0
    )


def test_everything_set() -> None:
    environ = {
        "WECHAT_TOKEN": " abc ",
        "WECHAT_APP_ID": APP_ID,
        "WECHAT_APP_SECRET": "s",
        "WECHAT_AES_KEY": f"{KEY}, {OLD_KEY}",
        "WECHAT_API_BASE": "http://127.0.0.1:9/",
        "WECHAT_BUDGET": "2.5",
    }
    assert WeChatSettings.from_env(environ) == WeChatSettings(
        "abc", APP_ID, "s", (KEY, OLD_KEY), "http://127.0.0.1:9", 2.5
    )


@pytest.mark.parametrize(
    "environ",
    [
        {"WECHAT_AES_KEY": KEY[:-1], "WECHAT_APP_ID": APP_ID},
        {"WECHAT_AES_KEY": "密" * 43, "WECHAT_APP_ID": APP_ID},
        {"WECHAT_APP_ID": "", "WECHAT_AES_KEY": KEY},
        {"WECHAT_BUDGET": "5"},
        {"WECHAT_BUDGET": "0"},
        {"WECHAT_BUDGET": "nan"},
        {"WECHAT_BUDGET": "soon"},
    ],
)
def test_a_mistake_is_named(environ: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(environ))):
        WeChatSettings.from_env(environ)


def test_secrets_do_not_show() -> None:
    shown = repr(WeChatSettings("the-token", APP_ID, "the-secret", (KEY,)))
    assert APP_ID in shown
    assert not any(secret in shown for secret in ("the-token", "the-secret", KEY))
