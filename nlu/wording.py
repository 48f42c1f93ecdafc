"""One wording for what people say in many: 俺家的铺面 and 我家门面 become the same characters, each knowing its place.

Used for finding listed wordings in a text (nlu/values.py); what is quoted is always the text as it was said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

#: What is said alike, by what it becomes. The longest wins; nothing is replaced inside a longer word of this list.
_SAME: dict[str, str] = {
    "没": "没有|没得|冇得|莫得|木有|冇|还没有|还没得|还没|还冇|尚未|一直没有|一直没|从来没有|从来没|从没|并没有",
    "不": "都不|也不|就不|唔|暂时不|暂不|先不|并不|从不",
    "我": "我们|咱们|俺们|咱|俺",
    "他": "他们|她们|她",
    "想": "打算|准备|想要|计划|考虑",
    "不想": "不打算|不准备|不想要|没打算|没准备|不考虑",
    "房": "房子|屋子|房屋",
    "老房": "老房子|老屋|旧房子|旧房|老宅子|老宅",
    "门面": "门面房|铺面|铺子|店面|商铺|店铺|门店|店门面|门脸|店子|档口|摊面",
    "自己": "自家|自己家|自己家里|自个儿|自个家|自己屋里",
    "孩子": "娃娃|娃儿|娃|小孩子|小孩儿|小孩|宝宝|宝贝|孩儿|小朋友|细伢子|细伢|伢子|崽崽|崽",
    "老婆": "媳妇儿|媳妇|妻子|堂客|屋里人|老婆子",
    "老公": "丈夫|当家的|男人家",
    "夫妻": "两口子|俩口子|小两口|老两口|夫妻俩|夫妻两个|夫妇|两夫妻",
    "爸": "爸爸|父亲|老爸|老爹|阿爸|老豆",
    "妈": "妈妈|母亲|老妈|阿妈|老娘",
    "丢": "弄丢了|搞丢了|弄丢|搞丢|丢掉|丢了|掉了|不见了|弄不见|搞不见|遗失|丢失|找不到了|找不到|找不着了|找不着",
    "驾照": "驾驶证|驾驶执照|驾驶本",
    "执照": "营业执照|执照本",
    "电动车": "电动自行车|电瓶车|电单车|小电驴|电驴",
    "买": "购买|购置|买了|买下|买了个|买了套|买了辆",
    "重建": "重盖|重新盖|重新建|重修",
    "装修": "装潢|翻修装修|内装",
    "招牌": "牌匾|店招|招牌子|门头牌|门头招牌|招牌门头",
    "离婚": "离异|离了婚|离过婚",
    "结婚": "结了婚|已婚|成家了|成了家|成家",
    "领结婚证": "扯证|领证|拿证结婚|领了证|扯了证|领过证|打结婚证",
    "去世": "过世|走了|没了|过去了|离世|病故|不在世|不在世了|老了人",
    "低保": "吃低保|低保户|低保家庭|拿低保|领低保",
    "当过兵": "当兵回来|退伍军人|退役军人|退伍兵|退伍回来|退伍老兵|以前当兵",
    "代办": "代为办理|帮忙办|代我办|代我去办|替我办|帮我办|代跑",
    "第一次": "头一回|头一次|头次|首次|第一回|头回",
    "外地": "外乡|外面城市|外头",
    "网上": "网购|淘宝上|京东上|拼多多上|网店上|拼多多|京东|淘宝",
    "社保卡": "社会保障卡|社保的卡",
    "医院": "人民医院|县医院|市医院|中医院|妇幼保健院|妇幼|卫生院",
    "公司": "企业|我司",
    "平方": "平方米|平米",
    "看不见": "看不见了|看不到了|看不到",
    "听不见": "听不见了|听不到了|听不到",
    "年报": "年度报告|年检报告",
    "残疾证": "残疾人证|残联证",
    "不要": "用不着|不需要|不必要|不必|无需|不消|甭|不要再",
    "要": "需要|得要|必须要",
    "补": "补办|补领|补一个|补一张|补一本|补一块|重新补",
    "高管": "高级管理人员|董监高",
    "毕业": "毕了业",
}
#: A clause of one character: 男,六十,自己交的.
_SEX = "(?<![^,,。;; ])[男女](?=[,,。;; ]|$)"
#: Words that change nothing: dropped wherever they stand, except before what the lookahead names.
_NOTHING = (
    r"(?<![网水酒书影氧贴])吧|哈(?!尔滨)|[呢啊呀嘛哦咯啦嘞咧噻哩]|(?<!不)着(?!落|急|火|凉)|(?:已经|早已|早就|目前|现在|其实|反正|另外|一共|总共|总的|大概|差不多|可能|应该)"
    r"|一直(?=在|住)|(?<![首成])都(?![市江])|也(?=[不没要想有是在交办卖做])|还(?=[要想有没不未得])|就(?=[是要想不没有在我卖做])|早(?=[没不有丢])"
    r"|那个|这个|一下子?|一点儿?|点儿|(?<=[卖做])点|[呃嗯]|地(?=办|交|用)| "
)
#: A denial in the clause so far, and words after it that it denies.
_DENIAL = re.compile(r"(?<![能可要是会行用给发管算让免有])[不没][^,,。;;!!??、\n]+$")


@dataclass(frozen=True)
class Plain:
    """A text in one wording, and for each of its characters where the words it came from begin and end."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of the plain text stands in the text as it was said.

        >>> plain("俺家的铺面").place(2, 5)
        (2, 5)
        """
        return self.starts[start], self.ends[end - 1]


@lru_cache(maxsize=1)
def _pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    becomes = {said: one for one, alike in _SAME.items() for said in alike.split("|")}
    words = "|".join(map(re.escape, sorted(becomes, key=len, reverse=True)))
    return re.compile(f"(?P<same>{words})|(?P<sex>{_SEX})|(?P<nothing>{_NOTHING})"), becomes


@lru_cache(maxsize=20_000)
def plain(text: str) -> Plain:
    """A text in one wording: alike words become one, words that change nothing are left out.

    >>> plain("俺家的铺面,执照还没有呢").text
    '我家的门面,执照没'
    """
    pattern, becomes = _pattern()
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for match in pattern.finditer(text):
        for place in range(at, match.start()):
            out.append(text[place])
            starts.append(place)
            ends.append(place + 1)
        if match[0].startswith("也") and _DENIAL.search("".join(out)):
            # 不占路也不动绿化: a denial of its own begins.
            out.append(",")
            starts.append(match.start())
            ends.append(match.start() + 1)
        if match["same"]:
            for char in becomes[match["same"]]:
                out.append(char)
                starts.append(match.start())
                ends.append(match.end())
        if match["sex"]:
            out += [match[0], "的"]
            starts += [match.start()] * 2
            ends += [match.end()] * 2
        at = match.end()
    for place in range(at, len(text)):
        out.append(text[place])
        starts.append(place)
        ends.append(place + 1)
    return Plain("".join(out), tuple(starts), tuple(ends))
