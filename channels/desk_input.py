"""What is sent to the desk, read with care: little, of the right shape, else refused with a plain sentence."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Coroutine
from typing import Any, Literal, TypeVar

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, StrictBool, ValidationError, conint, constr, validator

log = logging.getLogger(__name__)

MOST_BYTES = 64 * 1024
MOST_CHARACTERS = 2000
CALL = r"[\w.:@+-]{1,64}\Z"

#: Control characters, which no database wants, but for tab and new line.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

#: What a field should hold, for the sentence that refuses another value.
WANTED = {
    "call": "通话编号,1 到 64 个字母、数字或 . : @ + - _",
    "seq": "这一段的序号,从 0 或 1 起的整数",
    "role": "caller(来电人)或 agent(坐席)",
    "text": f"文字,最多 {MOST_CHARACTERS} 个字",
    "shown": "按钮上的字,最多 200 个字",
    "final": "true(说完了)或 false(还在说)",
    "code": "办件码,最多 32 个字",
    "clerk": "经办人姓名或工号,1 到 40 个字",
    "result": "办理结果,1 到 2000 个字",
}


class Refused(Exception):
    """The request cannot be served: `sentence` says why and what to do, `status` is the HTTP status."""

    def __init__(self, status: int, sentence: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.headers = headers


class DeskRoute(APIRoute):
    """A route whose every failure is JSON with a sentence, never a stack trace."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """As FastAPI's, with the failures caught."""
        handler = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handler(request)
            except Refused as refused:
                return JSONResponse({"error": refused.sentence}, refused.status, refused.headers)
            except Exception:
                log.exception("the desk failed at %s", request.scope["route"].path)
                return JSONResponse({"error": "坐席台出了点问题,请再试一次;还不行请找运维人员。"}, 500)

        return answer


class _Sent(BaseModel):
    @validator("*", pre=True)
    def _clean(cls, value: Any) -> Any:
        if isinstance(value, str):
            value = _CONTROL.sub("", value.encode("utf-8", "replace").decode("utf-8")).strip()
        return value


class SegmentSent(_Sent):
    """A segment as a telephone system sends it."""

    call: constr(strict=True, regex=CALL)  # type: ignore[valid-type]
    seq: conint(strict=True, ge=0, le=10**9)  # type: ignore[valid-type]
    role: Literal["caller", "agent"]
    text: constr(strict=True, max_length=MOST_CHARACTERS)  # type: ignore[valid-type]
    final: StrictBool


class SaySent(_Sent):
    """What the agent typed, pasted or clicked; `shown` is the title of the button."""

    text: constr(strict=True, max_length=MOST_CHARACTERS)  # type: ignore[valid-type]
    role: Literal["caller", "agent"] = "caller"
    final: StrictBool = True
    shown: constr(strict=True, max_length=200) | None = None  # type: ignore[valid-type]


class AdoptSent(_Sent):
    """The short code of the case to go on with."""

    code: constr(strict=True, min_length=1, max_length=32)  # type: ignore[valid-type]


class ClaimSent(_Sent):
    """Who takes a hand-over."""

    clerk: constr(strict=True, min_length=1, max_length=40)  # type: ignore[valid-type]


class CloseSent(ClaimSent):
    """Who closes a hand-over and what came of it."""

    result: constr(strict=True, min_length=1, max_length=2000)  # type: ignore[valid-type]


Sent = TypeVar("Sent", bound=_Sent)


async def sent(request: Request, shape: type[Sent]) -> Sent:
    """The body of a request in this shape. Raises Refused."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise Refused(413, "内容太长,一次最多 64 KB,请分几次发。")
    try:
        return shape.parse_obj(json.loads(body))
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
        raise Refused(400, f"{name} 不对:要写{WANTED[name]}。" if name in WANTED else "要发一个 JSON 对象。") from None
    except (ValueError, RecursionError):
        raise Refused(400, "内容不是 JSON,请检查格式(UTF-8)。") from None
