"""The WeChat official account (公众号): `router` serves GET and POST /wechat. Operators read docs/wechat.md."""

from __future__ import annotations

from channels.wechat.routes import router
from channels.wechat.settings import WeChatSettings
from channels.wechat.turns import Store

__all__ = ["Store", "WeChatSettings", "router"]
