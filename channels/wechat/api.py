"""Messages sent to a person by ourselves, through the customer-service interface of WeChat."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from typing import Any

import httpx

from channels.wechat.settings import WeChatSettings

#: Seconds for each step of one call.
TIMEOUT = httpx.Timeout(5.0)

#: A token is fetched anew this many seconds before it ends.
EARLY = 300

TOKEN_ERRORS = {40001, 40014, 42001}

#: Errors that concern one person or one message; after any other, we cannot count on reaching anybody.
PERSONAL_ERRORS = {40003, 43004, 43019, 45002, 45015, 45047, 48002, 50005}

#: What an operator can do about an errcode.
ADVICE = {
    40013: "WECHAT_APP_ID is wrong",
    40125: "WECHAT_APP_SECRET is wrong or was reset",
    40164: "add this machine's address to the IP 白名单 in the console",
    45009: "the account's daily quota of calls is used up",
    48001: "the account has no customer-service right; it needs 微信认证",
}

# httpx logs every address it calls, and ours have the token in them.
logging.getLogger("httpx").addFilter(lambda record: "access_token=" not in record.getMessage())


class ApiError(Exception):
    """WeChat did not do what it was asked; `code` is its errcode, None when there was no answer to read."""

    def __init__(self, code: int | None, reason: str) -> None:
        super().__init__(f"errcode {code}: {reason}" if code is not None else reason)
        self.code = code


class TokenProvider:
    """The account's access token.

    It comes from stable_token, which gives the same token to every worker, so none ends another's and this process
    may keep its own copy. Only one fetch is under way at a time.
    """

    def __init__(self, client: httpx.AsyncClient, settings: WeChatSettings) -> None:
        self._client = client
        self._credentials = {
            "grant_type": "client_credential",
            "appid": settings.app_id,
            "secret": settings.app_secret,
        }
        self._lock = asyncio.Lock()
        self._token = ""
        self._until = 0.0

    async def token(self, refused: str = "") -> str:
        """A token that is not `refused`, if WeChat has another. Raises ApiError."""
        async with self._lock:
            if not self._token or self._token == refused or time.monotonic() >= self._until:
                answer = await call(self._client, "/cgi-bin/stable_token", self._credentials)
                token, seconds = answer.get("access_token"), answer.get("expires_in")
                if not isinstance(token, str) or not isinstance(seconds, int):
                    code = answer.get("errcode")
                    raise ApiError(code, f"no access token: {ADVICE.get(code or 0, answer.get('errmsg', ''))}")
                self._token, self._until = token, time.monotonic() + seconds - EARLY
            return self._token


class Api:
    """Sends texts. `able` tells whether the account can be expected to reach people this way."""

    def __init__(self, settings: WeChatSettings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.able = self._configured = bool(settings.app_id and settings.app_secret)
        self._client = httpx.AsyncClient(base_url=settings.api_base, timeout=TIMEOUT, transport=transport)
        self._tokens = TokenProvider(self._client, settings)

    async def send_text(self, openid: str, text: str) -> None:
        """Send one text of fewer than 2048 bytes. Raises ApiError when it was not taken."""
        if not self._configured:
            raise ApiError(None, "WECHAT_APP_ID or WECHAT_APP_SECRET is not set")
        try:
            await self._send({"touser": openid, "msgtype": "text", "text": {"content": text}})
        except ApiError as error:
            self.able = self.able and error.code in PERSONAL_ERRORS
            raise
        self.able = True

    async def _send(self, message: dict[str, Any]) -> None:
        token = await self._tokens.token()
        answer = await self._post(message, token)
        if answer.get("errcode") in TOKEN_ERRORS:
            # Once and no more: with a wrong secret every further try only eats the account's daily quota.
            answer = await self._post(message, await self._tokens.token(refused=token))
        if code := answer.get("errcode"):
            raise ApiError(code, ADVICE.get(code, "message not taken"))

    async def _post(self, message: dict[str, Any], token: str) -> dict[str, Any]:
        return await call(self._client, "/cgi-bin/message/custom/send", message, access_token=token)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


async def call(client: httpx.AsyncClient, path: str, data: dict[str, Any], **query: str) -> dict[str, Any]:
    """Post JSON, get JSON. Raises ApiError when that fails; an errcode in the answer is the caller's to read."""
    # WeChat shows \\uXXXX escapes to the person as they are, so the text goes as UTF-8.
    content = json.dumps(data, ensure_ascii=False).encode()
    try:
        response = await client.post(path, params=query, content=content, headers={"Content-Type": "application/json"})
        response.raise_for_status()
        answer = response.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        # Not the error itself: its text has the address, and the token in it.
        raise ApiError(None, f"{type(error).__name__} at {path}") from None
    if not isinstance(answer, dict):
        raise ApiError(None, f"no JSON object from {path}")
    return answer
