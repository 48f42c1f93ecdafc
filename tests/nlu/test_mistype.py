"""Misspelt as an input method does: same sounds, other characters, the same every time."""

from __future__ import annotations

import pytest
from pypinyin import lazy_pinyin

from nlu.mistype import misspelt


@pytest.mark.parametrize("text", ["护照到期了要换新的", "注销公司需要多长时间", "我要开餐馆", "老人高龄津贴在哪里申请"])
def test_it_sounds_the_same_and_is_written_otherwise(text):
    wrong = misspelt(text)
    assert wrong != text
    assert lazy_pinyin(wrong) == lazy_pinyin(text)
    assert misspelt(text) == wrong


@pytest.mark.parametrize("text", ["", "sbk", "12345", "😀", "的"])
def test_what_has_no_word_stays(text):
    assert misspelt(text) == text
