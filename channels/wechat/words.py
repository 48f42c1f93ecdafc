"""The sentences the WeChat channel says by itself, without asking the guide."""

from __future__ import annotations

PERSON = "要找工作人员，请回复“人工”。"

WELCOME = (
    "您好，这里是“一件事一次办”导办。\n"
    "您想办什么事，直接打字告诉我就行，比如：我要开餐馆、孩子刚出生、我要退休。\n"
    f"我会告诉您要办哪些手续、带什么材料。{PERSON}"
)

APOLOGY = f"对不起，刚才出了点问题，没能答上来。请再说一遍。{PERSON}"

#: Said when the answer is late and cannot be sent by itself afterwards.
STILL_LOOKING = "还在为您查。请过一会儿回复“继续”看结果。"

#: Said when the same message is in the hands of another process that does not finish.
SEND_AGAIN = f"这条消息还在处理。过一会儿没收到答复的话，请再发一次。{PERSON}"

EMPTY = f"没有看到文字。您想办什么事，请打字告诉我，比如：我要开餐馆。{PERSON}"

#: What is said to a message that is no text, by MsgType.
NOT_TEXT = {
    "image": f"图片我还看不懂。请把想问的打字告诉我，比如：我要开餐馆。{PERSON}",
    "voice": f"这段语音没有听清。请再说一遍，或者打字告诉我。{PERSON}",
    "video": f"视频我还看不懂。请把想问的打字告诉我，比如：我要开餐馆。{PERSON}",
    "shortvideo": f"视频我还看不懂。请把想问的打字告诉我，比如：我要开餐馆。{PERSON}",
    "location": f"位置我还看不懂。请打字告诉我您在哪个市、哪个区县。{PERSON}",
    "link": f"链接我打不开。请把想问的打字告诉我，比如：我要开餐馆。{PERSON}",
}
OTHER = f"这种消息我还看不懂。请把想问的打字告诉我，比如：我要开餐馆。{PERSON}"
