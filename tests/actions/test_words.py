"""The guide's words as an old person reads them: short, plain, one question at a time, nothing promised."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from actions.say import DOMAIN
from knowledge.read import read_yaml
from knowledge.store import Library

ROOT = DOMAIN.parent
GUIDES = Library().now
WORDS = {
    name.removeprefix("utter_"): variants[0]["text"]
    for name, variants in read_yaml(DOMAIN.read_text(encoding="utf-8"), "domain.yml")["responses"].items()
}
CODE = "\n".join(f.read_text(encoding="utf-8") for folder in ("actions", "bot") for f in (ROOT / folder).glob("*.py"))

#: A bubble on a telephone: characters without its blanks; greeting, help and consent say more because they must.
LONGEST = 75
MAY_BE_LONGER = {"greet": 90, "help": 110, "consent": 95, "plan_foot": 90}
#: What officials say among themselves, and what the guide says instead.
JARGON = {
    "提交材料": "交材料",
    "申请人": "您",
    "受理": "收下来办",
    "核验": "核对",
    "校验": "核对",
    "非法": "不对",
    "参数": "",
    "系统": "我",
    "数据": "",
    "赋能": "",
    "办件": "您的事",
    "事项": "手续",
    "情形": "情况",
    "要素": "要填的",
    "办理人": "您",
    "逾期": "过了日子",
    "予以": "",
    "之规定": "",
}
#: The field's own word where people meet it at the window too, explained beside it.
EXPLAINED = {"reason_deferrable": ("受理",)}
#: Questions that have to name what the law lists.
LISTS = {("company_deregistration", "abnormal"): 70, ("construction_permit", "fire_special"): 90}
PROMISES = ("保证", "一定能", "肯定能", "必定", "绝对", "包过", "放心办")


@pytest.mark.parametrize("name", sorted(WORDS))
def test_style(name):
    text = WORDS[name]
    plain = re.sub(r"\{\w+\}", "", text).strip()
    assert len(plain) <= MAY_BE_LONGER.get(name, LONGEST), f"{len(plain)} 个字,拆短一点"
    assert len(re.findall("[??]", plain)) <= 1, "一次只问一个问题"
    assert "你" not in plain, "称呼用“您”"
    for word, better in JARGON.items():
        assert word not in plain or word in EXPLAINED.get(name, ()), f"“{word}”换成“{better or '别的说法'}”"
    for word in PROMISES:
        assert word not in plain, f"“{word}”是打包票"


@pytest.mark.parametrize("bundle", sorted(GUIDES.bundles))
def test_questions_of_the_guides(bundle):
    for situation in GUIDES.bundles[bundle].situations:
        longest = LISTS.get((bundle, situation.id), 50)
        assert len(situation.ask) <= longest, f"{situation.id}: {len(situation.ask)} 个字,拆短一点"
        assert not re.search("你(?!好)", situation.ask), f"{situation.id}: 称呼用“您”"
        for word in PROMISES:
            assert word not in re.sub("保证(金|保险|书)", "", situation.ask), situation.id
        for option in situation.options:
            assert len(option.label) <= 36, f"{situation.id}.{option.id}"


def test_every_sentence_is_used():
    indirect = ("scope_", "state_", "where_", "plan_", "days_", "reason_", "diff_")
    unused = [
        n for n in WORDS if f'"{n}"' not in CODE and not n.startswith(indirect) and n not in ("emergency", "crisis")
    ]
    assert unused == []


def test_every_sentence_that_is_said_is_there():
    said = set(re.findall(r'(?:\.add|words\(\)|say)\(\s*"([a-z_0-9]+)"', CODE))
    assert said
    assert sorted(said - set(WORDS)) == []


def test_the_words_stand_in_one_place():
    """No sentence for citizens in the code itself: Chinese in actions/ is docstring, comment or pattern."""
    for file in sorted(Path(ROOT / "actions").glob("*.py")):
        code = re.sub(r'"""(?:.|\n)*?"""', "", file.read_text(encoding="utf-8"))
        code = re.sub(r"#.*", "", code)
        sentences = re.findall(r'"[^"\n]*[一-鿿]{6,}[。!?]"', code)
        assert sentences == [], file.name
