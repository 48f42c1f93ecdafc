"""Short wishes with a question after them."""

from __future__ import annotations

from nlu.examples import Example
from nlu.questioned import questioned, questions
from nlu.ranker import Lesson

ASKED = ["要多久", "多少钱"]


def test_only_what_asks_and_is_short_is_put_after_a_wish():
    assert questions(["要多久", "租的", "这个办下来大概一共要花多少钱呢"]) == ["要多久"]


def test_the_same_wish_gets_the_same_question():
    assert questioned("公司注销", ASKED) == questioned("公司注销", ASKED)
    assert questioned("公司注销", ASKED).removeprefix("公司注销") in ASKED


def test_a_short_wish_is_learned_with_a_question_and_is_left_out_with_it():
    examples = [
        Example("公司注销", ("company_deregistration",)),
        Example("要多久", ("~dialogue",)),
        Example("想问一下公司不开了要怎么注销", ("company_deregistration",)),
        Example("今天天气", ("~chitchat",)),
    ]
    lesson = Lesson.of(examples)
    asked = [i for i, e in enumerate(lesson.sentences) if e.text == "公司注销要多久"]
    assert [int(lesson.origin[i]) for i in asked] == [0]
    assert lesson.sentences[asked[0]].owners == ("company_deregistration",)
    assert not any(e.text.startswith("今天天气要") for e in lesson.sentences)
