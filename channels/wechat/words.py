"""The sentences the WeChat channel says by itself, without asking the guide."""

from __future__ import annotations

WELCOME = (
    "欢迎!我是“一件事一次办”导办员。您想办什么事?打字说一句就行,比如“我要开餐馆”“我要给新生儿办证”。"
    "要找工作人员,就回“转人工”。"
)

APOLOGY = "抱歉,我这边出了点问题,没能回答您。请再说一遍,或者回“转人工”,也可以打 12345。"

#: Said when the answer is late and cannot be sent by itself afterwards.
STILL_LOOKING = "还在为您查。请过一会儿回“继续”看结果。"

#: Said when the same message is in the hands of another process that does not finish.
SEND_AGAIN = "您这句话还在处理。过一会儿没收到答复的话,请再发一次,或者回“转人工”。"

EMPTY = "没看到文字。您打字说想办什么就行,比如“我要开餐馆”。"

_TYPE = "请您打字说想办什么,比如“我要开餐馆”,或者回“转人工”。"
_VIDEO = f"视频我还看不懂。{_TYPE}"

#: What is said to a message that is no text, by MsgType.
NOT_TEXT = {
    "image": f"图片我还看不懂。{_TYPE}",
    "voice": "这段语音没听清。请再说一遍,或者打字告诉我,也可以回“转人工”。",
    "video": _VIDEO,
    "shortvideo": _VIDEO,
    "location": "地图位置我还看不懂。请打字说您在哪个市、哪个区县,或者回“转人工”。",
    "link": f"链接我打不开。{_TYPE}",
}
OTHER = f"这种消息我还看不懂。{_TYPE}"
