"""What the operator sets for the WeChat official account."""

from __future__ import annotations

import os
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field

OFFICIAL_API = "https://api.weixin.qq.com"

#: WeChat cuts the connection after five seconds; half a second is left for the way there and back.
LONGEST_BUDGET = 4.5


@dataclass(frozen=True)
class WeChatSettings:
    """Settings of one account; without `token` the channel is off.

    `aes_keys` are EncodingAESKeys, current first; with any, unencrypted messages are refused. `api_base` is what
    comes before /cgi-bin. `budget` is how many seconds WeChat is kept waiting for an answer, `patience` how many
    seconds an answer may take at all before the person is told that it failed.
    """

    token: str = field(default="", repr=False)
    app_id: str = ""
    app_secret: str = field(default="", repr=False)
    aes_keys: tuple[str, ...] = field(default=(), repr=False)
    api_base: str = OFFICIAL_API
    budget: float = 4.0
    patience: float = 60.0

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> WeChatSettings:
        """The settings in WECHAT_TOKEN, WECHAT_APP_ID, WECHAT_APP_SECRET, WECHAT_AES_KEY (comma list: current,
        previous), WECHAT_API_BASE and WECHAT_BUDGET (seconds).

        Raises ValueError, naming the variable and what to do, when one cannot be right.
        """

        def read(name: str) -> str:
            return environ.get(name, "").strip()

        aes_keys = tuple(key.strip() for key in read("WECHAT_AES_KEY").split(",") if key.strip())
        if not all(_is_aes_key(key) for key in aes_keys):
            raise ValueError(
                "WECHAT_AES_KEY: an EncodingAESKey has 43 letters and digits; copy it again from the console "
                "(设置与开发 → 基本配置), two keys separated by a comma"
            )
        if aes_keys and not read("WECHAT_APP_ID"):
            raise ValueError("WECHAT_APP_ID: missing, and WECHAT_AES_KEY cannot be used without it; set the AppID")
        return cls(
            token=read("WECHAT_TOKEN"),
            app_id=read("WECHAT_APP_ID"),
            app_secret=read("WECHAT_APP_SECRET"),
            aes_keys=aes_keys,
            api_base=(read("WECHAT_API_BASE") or OFFICIAL_API).rstrip("/"),
            budget=_budget(read("WECHAT_BUDGET")),
        )


def _is_aes_key(key: str) -> bool:
    return len(key) == 43 and key.isascii() and key.isalnum() and len(b64decode(key + "=")) == 32


def _budget(text: str) -> float:
    if not text:
        return WeChatSettings.budget
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_BUDGET:
        raise ValueError(
            f"WECHAT_BUDGET: found {text!r}, allowed are seconds above 0 and up to {LONGEST_BUDGET}, because WeChat "
            "hangs up after 5; leave it empty for 4.0"
        )
    return seconds
