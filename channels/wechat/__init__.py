"""The WeChat official account (公众号): `router` serves GET and POST /wechat. docs/wechat.md is the operator's guide."""

from __future__ import annotations

from channels.wechat.routes import router
from channels.wechat.settings import WeChatSettings
from channels.wechat.turns import Store

__all__ = ["Store", "WeChatSettings", "router"]
