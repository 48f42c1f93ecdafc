"""Identity numbers, company codes, plates and phones: found as people write them, mistyped ones too."""

from __future__ import annotations

import pytest

from nlu.identifiers import identifiers


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("我身份证11010519491231002x", "id_card", "11010519491231002X"),
        ("110105 19491231 002X", "id_card", "11010519491231002X"),
        ("身份证110105194912310021,最后一位打错了", "id_card", "110105194912310021"),
        ("公司代码91110000600037341L", "uscc", "91110000600037341L"),
        ("公司代码91110000600037341M,打错了", "uscc", "91110000600037341M"),
        ("车牌湘L·12345", "plate", "湘L12345"),
        ("新能源粤BD12345要过户", "plate", "粤BD12345"),
        ("电话138-0013-8000", "mobile", "13800138000"),
        ("座机0731-82345678", "landline", "073182345678"),
    ],
)
def test_found(text, kind, value):
    assert [(i.kind, i.value) for i in identifiers(text)] == [(kind, value)]


@pytest.mark.parametrize("text", ["八十平", "12345678901", "2024-03-05", "合同123456789012345678901"])
def test_not_found(text):
    assert identifiers(text) == []
