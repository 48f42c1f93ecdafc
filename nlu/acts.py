"""Dialogue acts that must never be missed, by patterns: certain where they speak, silent elsewhere.

The trained intent decides everything else (nlu/intents.yml). A pattern here has to be right in nearly every sentence
in which it matches, because it overrules the classifier.
"""

from __future__ import annotations

import re

_ACTS: tuple[tuple[str, str], ...] = (
    ("human", r"转(到)?人工|人工(服务|客服|坐席)?$|找(个)?(真人|人工|工作人员|活人)|要?(和|跟)(真人|人工|工作人员)(说|讲|聊|谈)|真人客服|接人工|帮办代办|找代办员|转帮办"),
    ("start_over", r"^(重来|重新来|重新开始|从头(再)?来|从头开始|换一件事|办别的(事)?|重置|清空重来)[吧了。!]*$"),
    ("cancel", r"^(算了|不办了|算了不办了|取消|退出|不用了算了)[吧了。!]*$"),
    ("ask_why", r"(为什么|为啥|为何|干嘛|干吗|咋|怎么)(还)?(要|非要)?(问|知道|填|了解)(我)?(这|那)|问(这|那)(个|些)?(干什么|干嘛|干吗|做什么|有什么用|干啥)|有什么关系$|^为(什么|啥|何)[?呢]*$"),
    ("ask_basis", r"(依据|根据|法律规定|哪条法|什么规定|哪个文件|政策文件|法律依据|凭什么)"),
    ("ask_fee", r"(要|得|收|花)(不要|不收)?(多少|几多|好多)(钱|费)|多少钱|几多钱|好多钱|收费吗|收不收费|要钱(吗|不|么)|要不要钱|费用|免费吗|贵不贵"),
    ("ask_time", r"(要|得)?(多久|多长时间|几天|好久|几多天|多少天|多少个?工作日)(能)?(办|拿|下|好|完|搞)?|什么时候(能)?(办好|办完|拿到|下来|出证)"),
    ("ask_place", r"(在|去|到)(哪|哪里|哪儿|哪个(地方|窗口|部门))(里|儿)?(去)?(办|交|递|弄|搞)|哪里(可以)?办|去哪(里|儿)?$|几点(上班|下班|开门|关门)|周末(上班|能办|开门)|上班时间|办公时间"),
    ("ask_material", r"(清单|材料)(再)?(发|给|看)|(看|发|给我)(一下|看|看看)?(现在的|我的)?清单|(要|得|需要)(带|准备|交|提供)(些)?(什么|哪些|啥)(材料|东西|资料|证件)?|再发一遍清单|哪些(材料|资料|证件)"),
    ("ask_form", r"(看|发)(一下|看)?(申请)?表|表(格)?填(到哪|得怎么样|了多少)|填到哪"),
    ("ask_progress", r"办到哪|到哪一步|进度|办得怎么样"),
    ("step_back", r"^(上一步|返回|退回|回到上一步|上一个问题)[吧。]*$"),
    ("skip", r"^(跳过|先跳过|下一个|先不填|暂时不填|以后再填|到(窗口|时候)再(填|说)|不想说|不方便说|不填)[吧了。]*$"),
    ("unknown", r"^(我)?(也)?(还)?(不(太)?(知道|晓得|清楚|确定|懂|了解)|说不(准|好|清)|没想好|拿不准|搞不清(楚)?|不好说|晓不得|唔知|母鸡|布吉岛|不造)(啊|呢|呀|哦|诶|嘞|耶|。|,|的|了)*$"),
    ("greet", r"^(你好|您好|在吗|在不在|有人吗|hello|hi|哈喽|嗨|早上好|下午好|晚上好|喂)[呀啊吗,。!~ ]*$"),
    ("thanks", r"^(谢谢|多谢|谢谢(你|您|了)|感谢|辛苦了|唔该|麻烦(你|您)了|3q|thanks)[啊呀了哈。!~]*$"),
    ("bye", r"^(再见|拜拜|bye|88|回见|先这样)[了啊。!~]*$"),
    ("help", r"^(帮助|help|怎么用|你能(干|做)什么|你会(干|做)什么|你是谁|你是(干什么|做什么)的|有什么功能|能帮我(干|做)什么|使用说明)[啊呀呢?]*$"),
)  # fmt: skip
_COMPILED = tuple((act, re.compile(pattern, re.IGNORECASE)) for act, pattern in _ACTS)

#: Emergencies and despair come before everything, whatever else was going on.
_URGENT = (
    ("crisis", re.compile(r"不想活|想死|自杀|活不下去|轻生|结束生命|割腕|跳楼|寻短见|了结自己")),
    ("emergency", re.compile(r"着火了|起火了|有人(晕倒|昏倒|受伤|落水)|正在(打|抢|杀)人|被(抢劫|绑架|打了)|家暴.*(救|打我)|煤气(泄漏|中毒)|救命|出车祸了|报警")),
)  # fmt: skip


def urgent(text: str) -> str | None:
    """emergency or crisis when the words say so, else None."""
    return next((kind for kind, pattern in _URGENT if pattern.search(text)), None)


def act(text: str) -> str | None:
    """The dialogue act that the words name beyond doubt, else None.

    >>> act("为什么要问这个?"), act("转人工"), act("我要开餐馆")
    ('ask_why', 'human', None)
    """
    if len(text) > 40:
        return None
    return next((name for name, pattern in _COMPILED if pattern.search(text)), None)
