"""Who somebody acts for: 帮我妈办, 替张大爷办, 我是村里的代办员."""

from __future__ import annotations

import re

_KIN = (
    "(?:老|大|小)?(?:妈妈?|母亲|娘|爸爸?|父亲|爹|爷爷?|奶奶?|外公|外婆|姥姥|姥爷|公公|婆婆|岳父|岳母|老婆|媳妇|妻子|老公|丈夫|爱人"
    "|哥哥?|姐姐?|弟弟?|妹妹?|叔叔?|伯伯?|姑姑?|舅舅?|姨妈?|邻居|朋友|老板|同事|老人家?|亲戚|堂客|屋里人|阿妈|阿爸|老豆|老汉|老娘)"
)
_NAMED = "[一-鿿]{1,2}(?:大爷|大妈|大叔|大婶|阿姨|奶奶|爷爷|婆婆|老师|师傅|总|姐|哥)"
_FOR = re.compile(
    rf"(?:帮|替|代|给|跟|为)(?P<who>(?:我|俺|咱)?(?:们|家|屋里)?的?{_KIN}|{_NAMED}|别人|人家|村民|老乡|群众|客户)"
    "(?=办|弄|搞|申请|申领|领|开|问|咨询|补|换|来|跑|交|报|注册|的|[,,。 ]|$)"
)
_NOT = re.compile("(?:不是|不用|没有?|别)$")
_OFFICE = re.compile(r"我是(?:村里|社区|镇上|街道)?的?(?:代办员|帮办员|网格员|村干部|村支书|社工|中介)")


def on_behalf(text: str) -> tuple[str, str] | None:
    """Whom the speaker acts for, and the words that say so; None for somebody who acts for himself.

    >>> on_behalf("帮我妈办残疾证"), on_behalf("我要开餐馆")
    (('妈妈', '帮我妈'), None)
    """
    for match in _FOR.finditer(text):
        if not _NOT.search(text[: match.start()]):
            who = re.sub("^(?:我|俺|咱)(?:们|家|屋里)?的?", "", match["who"])
            return who * 2 if len(who) == 1 and who in "妈爸爷奶叔伯姑舅哥姐弟妹" else who, match[0]
    office = _OFFICE.search(text)
    return ("申请人", office[0]) if office else None
