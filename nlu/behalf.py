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
    "(?:(?<=[帮替代].)|(?<=[帮替代]..)|(?<=[帮替代]...)|(?<=[帮替代]....)|(?<=[帮替代].....)|(?<!给人家)(?<!给别人)(?=办|弄|申|领|注册))"
    "(?=办|弄|搞|申请|申领|领|开|问|咨询|补|换|来|跑|交|报|注册|的|[,,。 ]|$)"
)
_NOT = re.compile("(?:不是|不用|没有?|别|[卖送过转让留租借嫁判寄还发])$")
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


_AGENT = re.compile(
    r"(?:委托|拜托|交给|托)(?:别人|他人|人|朋友|中介|亲戚|会计|律师|代办|公司|家人|儿子|女儿|代理|员工|同事|一个?人|我?[一-鿿]{1,4}?(?=去?办|来办|代办))"
    r"|(?:找|请|让|叫|派|喊)(?:个|一个|了个|了|我|店里|公司|财务|我们?)?的?(?:代办公司|代办|中介|代理公司|会计|员工|秘书|助理|店员|经理|园长|财务|行政|律师|朋友"
    r"|儿子|女儿|老婆|老公|媳妇|爱人|侄子|亲戚|4S店|4s店|车商|车行|代账公司|记账公司|人家?|别人)(?:公司|的人)?[^,,。;;]{0,3}?(?:代办|代跑|去办|来办|去跑|来跑|去弄|去(?=[,,。;;吧]|$)|来(?=[,,。;;吧]|$)|帮忙办|帮办|代|办手续|跑手续|弄|办|跑)"
    r"|(?:4S店|4s店|车商|中介|代办公司|开发商|代账公司|财务公司|村干部|村里|律师|券商|社区|会计|代办)(?:统一)?(?:帮|替|给|代)(?:我|他|她|忙)?们?(?:代|去|来)?(?:办|跑|弄|申请|过户|上牌)"
    r"|我(?:是)?(?:替|帮|代|给)(?:我们?|他|她|俺)?[一-鿿]{1,4}?(?:来|去)?(?:跑|办|申请|弄|代办)(?![公个一])"
    r"|(?:派|让)我(?:这个)?[一-鿿]{0,4}(?:来|去)(?:办|跑|弄)|代办(?=[,,。;;]|$)"
)
_SELF = re.compile(
    r"(?:自己|本人|亲自|自个儿?)(?:在手机上|在网上|过来|一个人|老板)?(?:"
    r"(?:来|去|跑)(?:大厅|窗口|手续|车管所|一趟|一下)?(?=[,,。;;!! 办跑弄就行吧的]|$)"
    r"|跑(?:大厅|窗口|手续|车管所|流程|腿)|去(?:办|跑|弄|申请|车管所|大厅|窗口)"
    r"|来(?:办|跑|弄|申请)"
    r"|(?<!食堂自己)(?<!厨房自己)(?:办|弄|申请)(?:手续)?(?=[,,。;;!! 就行吧的]|$))"
    r"|(?:手机上|网上)自己办|自己(?:在)?(?:手机|网)上(?:办|弄)|(?:双方|两个人|我们俩)都(?:能)?到场|不(?:找|用|请)(?:人)?代办"
)


def who_acts(text: str) -> tuple[bool, int, int] | None:
    """Whether somebody else does it for the applicant (True) or he himself (False), and where that is said.

    None when nothing is said.

    >>> who_acts("我让会计去办"), who_acts("我自己去跑"), who_acts("我要开餐馆")
    ((True, 1, 6), (False, 1, 4), None)
    """
    for pattern, other in ((_AGENT, True), (_SELF, False)):
        for match in pattern.finditer(text):
            before = text[: match.start()]
            if _NOT.search(before) or re.search("(如果|要是|能不能|可不可以|可以|要不要|是不是|能)$", before):
                continue
            if re.match("[^,,。]{0,2}(吗|么|行不行|可以)", text[match.end() :]):
                continue
            return other, *match.span()
    found = on_behalf(text)
    if found is not None:
        at = text.index(found[1])
        return True, at, at + len(found[1])
    return None
