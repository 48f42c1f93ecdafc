"""What a clause does to the words in it: denies them, asks about them, supposes them, tells them of somebody else.

All functions take text in one wording (nlu/wording.py), where 没有, 没得 and 冇 are 没.
"""

from __future__ import annotations

import re

#: Where one clause ends and the next begins.
CLAUSE = re.compile(r"[,,。;;!!??、\n]")
#: Negators. 不 and 没 in these words deny nothing.
_IDLE = re.compile(
    r"不(错|少|过(?!期)|管|光|仅|但|知道|晓得|清楚|好意思|得了|论|同|动产|限于|久|到|如)|没(错|事|问题|想到|关系)|差不多|无(论|人机|障碍|犯罪|线)"
    r"|[要是能会肯可用需有]不[要是能会肯可用需]|有没有?|能不能|可不可以|非(要|得|常|营利|遗|机动|处方|全日制|公)|免费|别(的|人|墅)|特别|分别|级别|性别|区别|未来|未婚|莫非|不锈钢|不动"
)
_NEGATOR = re.compile("不是|没|不|无|未|别|莫|非")
#: After one of these a denial said before holds no longer: 不是自己的,是租的 without its comma.
_TURN = re.compile(
    "但|而是|而|只(?!有)|就是|是(?=[租自买])|光(?!是不)|除了|以外|因为|所以|就(?=[打给转拿])|转(?=[到去])|全(?=自费|款)"
)
#: What is denied before another denial begins: 没驾照没公积金 are two denials, 不是没 and 不能不 undo each other.
_DENIED_TOO = re.compile(
    "(?<![能可要是会行用给发管算让免有])[不没](?![错是得能敢会想同])[^,,。;;!!??、\n不没]{1,8}(?=[不没](?![行成对好]))"
)
_ASKED_BEFORE = re.compile(
    r"要不要|是不是|有没|需不需要|用不用|能不能|可不可以|会不会|该不该|如果|要是|假如|假若|(?<![十百千\d])万一|倘若|的话"
    "|还是.{1,8}(好|划算|简单|方便)|哪种|哪个|哪里|哪些"
)
_ASKED_AFTER = re.compile(
    r"^[^,,。;;!!??、能可行\n]{0,3}(的话|吗|(?<!什)(?<!怎)么(?!样)|要不要|行不行|好不好|可不可以|可以吗|没有?$|不$|哪个|怎么|咋|多少|是什么)"
)
_DOUBTED_AFTER = re.compile(r"^(的话|吗|(?<!什)(?<!怎)么(?!样)|没有?$|不$|有没有)")
#: 中央空调装不装没想好, 招牌还没定.
_EITHER = re.compile(r"^[^,,。;;]{0,1}?([^能要可是])[不没]\1|^[^,,。;;]{0,6}没(想好|定)")
#: The mention ends in the middle of 有没有: 烟证有 in 新办个烟证有没有照顾.
_HAVE_OR_NOT = re.compile("有没")
_QUESTION = re.compile(
    r"吗|要不要|是不是|有没|需不需要|用不用|能不能|可不可以|会不会|行不行|如果|要是|假如|怎么|怎样|如何|咋|多少|哪|什么|为啥|啥|(?<![好十百])几(?!个月)|还是|对吧|没$|不$|么$|(.)[不没]\1"
)
#: What was only heard say holds for the rest of the sentence: 听说还要办占道.
#: A question in general, when nobody says I before it: 卖烟是不是要离学校五十米, 满七十还让开车吗.
_GENERAL = re.compile(
    "是不是|能不能|可不可以|会不会|管不管|算不算|让不让|要不要|用不用|给不给|发不发|需不需要|有没|非得|咋算|怎么算|到底|一般|几个点|还让|还给"
    "|啥政策|什么政策|(?<![什怎])么$|吗|(.)不\\1|不$|多少啊?$|(?<![好差缺剩了十百])几年|多久|咋[说样]|哪个|有啥|是什么|有什么(区别|不同|照顾)|谁出|要多大"
)
_MINE = re.compile("[我俺咱想]|打算|准备|正在?|刚|帮|替|给|家里|这边|今年|要[开办]|弄个|搞个|新[开办买]")
#: What somebody once had or did elsewhere, and not what he wants now: 以前开过个两百平的饭馆,租的.
_ONCE = re.compile(
    "(以前|之前|当年|前年|早年|上次|上回|那时候|那会儿)[^,,。;;!!??]{0,6}(开|干|做|搞|租|买|提|办|迁|注销|卖|养|查)过?[^。;;!!??]{0,25}$|那时候[^。;;!!??]{0,12}$"
)
_HEARSAY = re.compile(
    "(都说|刷视频|看新闻|同事讲|网上说|网上讲|听说|听讲|听人|有人说|别人说|人家说|同行说|同事说|朋友说|朋友建议|的人?说)(?:(?![,,](也|我|想)|想[领要办])[^。;;!!??]){0,40}$"
)
_OTHERS = re.compile(
    "(?<!把)隔壁(?![省市县区镇乡村楼栋那]|那[个边])|隔壁那[家空户房店]|有户人家|一哥们|[我俺](一个?)?发小|人家(说|都|那|店)|别人(家|都|说|的店)"
    "|(?<![帮替给跟和为陪与])[我俺](们小区)?(战友|同学|同事|同行|室友|邻居|朋友|亲戚|老乡|表[哥姐弟妹]|老[张王李刘陈])"
    "|(同事|同学|朋友|邻居|亲戚)(他|家|说|开|办|那|的?公司|的?店|的?厂)|邻村|[我俺](的)?师傅(的|开|家|说)|(街上|楼上|楼下|对面|附近)那家|[我俺](姐|妹|哥|弟)(上个?月|去年|前年|以前|之前)"
)
#: Somebody else's story goes on until the speaker comes in: 隔壁老王卖烟花,他是租的门面.
_STILL_OTHERS = re.compile(
    "(?:^|[,,。;;!!?? ])(隔壁(老.|那家|村|邻居|店)|邻村"
    "|[我俺](同事|同行|邻居|同学|(姐|妹|哥|弟|嫂子)(?=去年|前年|上个月|以前|之前)))"
    "(?!.?(也?(想|要|愿意|出钱|合伙)))[^。;;!!??我俺咱想要帮替给]{2,30}$"
)

#: 租的和自己的,哪个好办: neither is said to be.
_CHOOSING = re.compile("是.{1,10}还是|[和跟与].{1,12}哪(个|种|样|边)|还是.{1,12}(好|划算|简单|方便|快)")


def clause_of(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the clause begins and ends in which a span stands.

    >>> clause_of("租的门面,不卖凉菜", 5, 8)
    (5, 9)
    """
    begin = max((m.end() for m in CLAUSE.finditer(text, 0, start)), default=0)
    after = CLAUSE.search(text, end)
    return begin, after.start() if after else len(text)


def denied(text: str, start: int, end: int) -> bool:
    """Whether a mention is denied by what stands before it in its clause, or right after it. Two denials affirm.

    >>> denied("不卖凉菜", 2, 4), denied("凉菜不卖", 0, 2), denied("不是没执照", 2, 5), denied("卖凉菜", 1, 3)
    (True, True, True, False)
    """
    begin, until = clause_of(text, start, end)
    if _WANTED.match(text[end:until]):
        return False
    count = _negators(text, max(begin, start - 9), start)
    return (count + (1 if _dismissed(text[end:until]) else 0)) % 2 == 1


def flatly(text: str, start: int, end: int) -> bool:
    """Whether what denies a mention stands right beside it, so that the opposite is said: 不租房, not 没那个证孩子…

    >>> flatly("没请员工", 2, 4), flatly("没那个证孩子不好念书", 4, 6)
    (True, False)
    """
    begin, until = clause_of(text, start, end)
    return _negators(text, max(begin, start - 3), start) % 2 == 1 or _dismissed(text[end:until])


#: 没燃气想装一个, 水电没通: what is missing is wanted.
_WANTED = re.compile("[^没不]{0,4}(想|要|得)[^没不]{0,2}(装|接|通|办|开|弄|补|买|配)|都?没(通|接|装|开通)")


def _negators(text: str, begin: int, start: int) -> int:
    """How many denials before a mention reach it, from a place on."""
    before = text[begin:start]
    turns = [m.end() for m in _TURN.finditer(before)]
    # With the mention's first character: 没驾照没公积金 where 没公积金 is the mention.
    turns += [m.end() for m in _DENIED_TOO.finditer(text[begin : start + 1])]
    scope = before[max(turns, default=0) :]
    return len(_NEGATOR.findall(_IDLE.sub(lambda m: "〇" * len(m[0]), scope)))


def crossed(text: str, start: int, end: int) -> bool:
    """Whether a mention takes the denial of what follows it for its own: 疫苗没打 in 没打疫苗没打芯片.

    >>> crossed("没打疫苗没打芯片", 2, 6), crossed("疫苗没打", 0, 4)
    (True, False)
    """
    begin, _ = clause_of(text, start, end)
    own = re.search("[不没]", text[start + 1 : end])
    near = max(begin, start - 4)
    return bool(own) and _negators(text, near, start) == 1 and "不是" not in text[near:start]


_DISMISSED = re.compile(
    r"(那种的?)?(这块|那块|那边|方面|手续|什么|啥|东西)?(就|也|都|先|倒|暂时|全)?(再)?"
    r"(不(要|用|做|办|卖|挂|装|弄|搞|动|交|报|买|参加|迁|改|换|请|想|包|管|开|供|收|签|重|申|提|留|落|续|接|加|领|碰|写|租|刻|查)"
    r"|没(办|弄|搞|装|做|挂|请|交|签|想|要)?|不是|算了|免了|免谈)(?=[了的吧呢啊啦过]*([,,。;;!!、 ]|$))"
)


def _dismissed(after: str) -> bool:
    """Whether the words after a mention send it away: 招牌不挂, 公积金就不要了."""
    return bool(_DISMISSED.match(after)) and not _QUESTION.search(after)


def asked(text: str, start: int, end: int, wish: bool = False) -> bool:
    """Whether a mention is asked about or only supposed: 要不要租房合同, 如果请外教, 有公证书吗.

    `wish`: it names something that is wanted or had, so that 水电气怎么接 says it although it asks.

    >>> asked("要不要租房合同", 3, 5), asked("租门面怎么办证", 0, 3, wish=True)
    (True, False)
    """
    begin, until = clause_of(text, start, end)
    before = text[max(begin, start - 12) : end]
    after = _DOUBTED_AFTER if wish else _ASKED_AFTER
    if wish:
        before = re.sub("能不能|可不可以", "", before)
    if (
        _ASKED_BEFORE.search(before)
        or after.match(text[end:])
        or _HAVE_OR_NOT.match(text[end - 1 : end + 1])
        or _EITHER.match(text[end:])
    ):
        return True
    # 租的和自己的,哪个好办: the question may stand behind a comma.
    which = re.match("[,,][^,,。;;!!??]{0,2}(哪(个|种|样|边)|还是)", text[until:])
    return bool(_CHOOSING.search(text[begin : until + 15] if which else text[begin:until]))


def question(text: str, start: int, end: int) -> bool:
    """Whether the clause of a span asks anything at all; then nothing is read from a bare topic."""
    begin, until = clause_of(text, start, end)
    near = text[max(begin, start - 15) : min(until, end + 15)]
    return bool(_QUESTION.search(near)) or (until - end <= 15 and text[until : until + 1] in ("?", "?"))


def of_others(text: str, start: int, end: int) -> bool:
    """Whether the clause tells of somebody else, or of what was only heard: 隔壁三百平的火锅店, 听说要办占道.

    >>> of_others("隔壁三百平火锅店", 2, 5)
    True
    """
    begin, until = clause_of(text, start, end)
    before = text[max(0, start - 45) : start]
    others = _OTHERS.search(text[begin:until]) and not re.search("给我(用|开|住|做)|借我|送我", text[begin:until])
    return bool(others or _HEARSAY.search(before) or _ONCE.search(before) or _STILL_OTHERS.search(before))


def in_general(text: str, start: int, end: int) -> bool:
    """Whether the clause asks how things are in general, and the mention is what it asks about.

    >>> in_general("卖烟是不是要离学校五十米", 0, 2), in_general("我想卖烟要不要办证", 2, 4)
    (True, False)
    """
    begin, until = clause_of(text, start, end)
    return bool(_GENERAL.search(text[end:until])) and not _MINE.search(text[begin:start])


def elsewhere(text: str, start: int, end: int) -> bool:
    """Whether a mention is not about the speaker's own matter: of others, of the past, or in general."""
    return of_others(text, start, end) or in_general(text, start, end)


_HAS = re.compile(
    "[有要做装挂办带用打交开请买弄搞想接签申拿配领评立自愿走上含包养租贷考参给报留提加设刻](?!没|不)|需要|安装|参加|开通|重新|大"
)
_HAS_AFTER = re.compile(
    "^[^没不]{0,4}?(有|要|办好|办完|办下|办了|好了|好|下来|做|装|签|愿意|可以|交|弄|搞|拿到|到手|齐|打过|打了|过|开|行|重新|领|在手|用|请|申请|落实|承诺|是[一块大])"
)


def state(text: str, start: int, end: int) -> bool | None:
    """What a clause says of a topic of a yes-or-no question: True it is there or wanted, False not, None open.

    >>> state("执照没办", 0, 2), state("不是没执照", 3, 5), state("要挂招牌", 2, 4), state("招牌多少钱", 0, 2)
    (False, True, True, None)
    """
    begin, until = clause_of(text, start, end)
    if text[end:until] == "没" and not re.search("[有办做要了过是弄交签]", text[begin:start]):
        # 居住证没有 tells; 居住证办了没有 asks.
        return None if of_others(text, start, end) else False
    if question(text, start, end) or of_others(text, start, end):
        return None
    before, after = text[max(begin, start - 9) : start], text[end:until]
    negators = _negators(text, max(begin, start - 9), start)
    follows = re.match(
        r"(证|这个|那边|手续|什么|东西|方面|那块|账户|户|我|店里|自己|就|也|都|先|倒|暂时|暂|全|再|都还|以前|一直|根本)*(没|不(?![错多少大知晓同])|未|无|算了|免)",
        after,
    )
    # 没打疫苗没打芯片: the second denial is not of the first thing; 不是执照没办: it is.
    if follows and (not negators or "不是" in before):
        negators += 1
        doubled = re.match("(没|不)", after[follows.end() :])
        negators += 1 if doubled else 0
        return negators % 2 == 0
    if negators:
        return negators % 2 == 0
    if re.match("(也|都)?(要|想)?(撤|销|注销|关|停|退|拆|卖|送)", after):
        return None
    if _HAS.search(before[-6:]) or _HAS_AFTER.match(after):
        return True
    return None
