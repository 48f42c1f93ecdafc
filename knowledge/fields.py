"""The single application form: what fits into which field, and what follows from what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from stdnum import luhn
from stdnum.cn import ric, uscc
from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidFormat, InvalidLength, ValidationError

from knowledge.model import FormField

#: 工信部号段:11 digits, 1 and then 3 to 9; landlines with area code.
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{2,3}-?\d{7,8}")
_ACCOUNT = re.compile(r"\d{8,30}")


class Unfit(ValueError):
    "The value does not fit the field; the message says why, for the citizen"


def fit(field: FormField, text: str) -> Any:
    """The value of a field from what was written. Raises Unfit with a sentence for the citizen.

    id_card by GB 11643 (check digit, date, division), uscc by GB 32100, phone by 工信部号段, bank cards by Luhn where
    they are cards, dates ISO, choices by label or position.
    """
    text = text.strip()
    if not text:
        raise Unfit(f"{field.label}是空的")
    if len(text) > 200:
        raise Unfit(f"{field.label}太长了,200 字以内")
    check = _CHECKS.get(field.type)
    return check(field, text) if check else text


def _id_card(field: FormField, text: str) -> str:
    number = re.sub(r"[\s-]", "", text).upper()
    try:
        return str(ric.validate(number))
    except InvalidLength:
        raise Unfit(f"{field.label}要 18 位,您写的是 {len(number)} 位") from None
    except InvalidChecksum:
        raise Unfit(f"{field.label}最后一位对不上,多半是抄错了一位,请照身份证再看一遍") from None
    except (InvalidComponent, InvalidFormat):
        raise Unfit(f"{field.label}里的出生日期或地区不对,请照身份证再看一遍") from None


def _uscc(field: FormField, text: str) -> str:
    number = re.sub(r"[\s-]", "", text).upper()
    try:
        return str(uscc.validate(number))
    except InvalidLength:
        raise Unfit(f"{field.label}要 18 位,您写的是 {len(number)} 位") from None
    except ValidationError:
        raise Unfit(f"{field.label}校验对不上,请照营业执照再看一遍") from None


def _phone(field: FormField, text: str) -> str:
    number = re.sub(r"[\s-]", "", text).removeprefix("+86")
    if _MOBILE.fullmatch(number) or _LANDLINE.fullmatch(text.replace(" ", "")):
        return number
    raise Unfit(f"{field.label}不像电话号码:手机是 11 位,座机要带区号")


def _account(field: FormField, text: str) -> str:
    number = re.sub(r"[\s-]", "", text)
    if not _ACCOUNT.fullmatch(number):
        raise Unfit(f"{field.label}只能是数字,8 到 30 位")
    if number.startswith("62") and 16 <= len(number) <= 19 and not luhn.is_valid(number):
        raise Unfit(f"{field.label}校验对不上,请照银行卡再看一遍")
    return number


def _number(field: FormField, text: str) -> float | int:
    match = re.search(r"-?\d+(?:\.\d+)?", text.replace(",", ""))
    if not match:
        raise Unfit(f"{field.label}要写数字")
    value = float(match[0])
    if value < 0:
        raise Unfit(f"{field.label}不会是负数")
    return int(value) if value == int(value) else value


def _date(field: FormField, text: str) -> str:
    match = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?", text)
    if not match:
        raise Unfit(f"{field.label}要写年月日,比如 2026-05-01")
    try:
        return date(*map(int, match.groups())).isoformat()
    except ValueError:
        raise Unfit(f"{field.label}没有这一天") from None


def _choice(field: FormField, text: str) -> str:
    if text.isdecimal() and 1 <= int(text) <= len(field.options):
        return field.options[int(text) - 1]
    near = [o for o in field.options if text == o] or [o for o in field.options if text in o or o in text]
    if len(near) != 1:
        raise Unfit(f"{field.label}请选一个:{'、'.join(field.options)}")
    return near[0]


def _multi(field: FormField, text: str) -> list[str]:
    parts = [p for p in re.split(r"[,,、;;\s]+", text) if p]
    chosen = {_choice(field, part) for part in parts}
    return [o for o in field.options if o in chosen]


def _yes_no(field: FormField, text: str) -> str:
    if re.match(r"(是|有|要|对|1$|yes)", text):
        return "是"
    if re.match(r"(否|不|没|无|2$|no)", text):
        return "否"
    raise Unfit(f"{field.label}请答“是”或“否”")


_CHECKS = {
    "id_card": _id_card,
    "uscc": _uscc,
    "phone": _phone,
    "bank_account": _account,
    "number": _number,
    "date": _date,
    "choice": _choice,
    "multi": _multi,
    "yes_no": _yes_no,
}


def from_id_card(number: str) -> dict[str, str]:
    """What an 18-digit identity number says by itself: birth (ISO date), sex (男, 女), division (GB/T 2260 name).

    GB 11643: digits 7 to 14 the date of birth, the 17th odd for men. The division is the one of the first issue.

    >>> from_id_card("11010519491231002X")
    {'birth': '1949-12-31', 'sex': '女', 'division': '北京市朝阳区'}
    """
    place = ric.get_birth_place(number)
    division = "".join(dict.fromkeys(part for part in (place.get("province"), place.get("county")) if part))
    return {
        "birth": ric.get_birth_date(number).isoformat(),
        "sex": "男" if int(number[16]) % 2 else "女",
        "division": division,
    }


#: What a label asks for that can be read off an identity number.
_READ_OFF = (
    ("birth", re.compile("出生日期|出生年月|生日")),
    ("sex", re.compile("性别")),
    ("division", re.compile("户籍(所在)?(地址|地区|地)$")),
)
#: Roles that the same person takes unless told otherwise, so that name and telephone are copied.
_SAME_PERSON = re.compile("(联系人|责任人|联系电话|联系手机|责任人电话)$")


def follows(field: FormField, filled: Mapping[str, Any], form: tuple[FormField, ...]) -> tuple[Any, str] | None:
    """The value that follows for a field from others already filled, and the id of the field it follows from.

    From an identity number follow birth, sex and the division of its owner; a contact is the applicant unless told
    otherwise. Anything else that a guide calls `derived` is left to people: it needs a calculation nobody wrote down.
    """
    kind, _, origin = field.from_.partition(":")
    read_off = next((key for key, label in _READ_OFF if label.search(field.label)), None)
    if read_off and (number := _owner(field, origin if kind == "derived" else "", form)) and filled.get(number):
        return from_id_card(filled[number])[read_off], number
    if kind == "derived" and _SAME_PERSON.search(field.label) and filled.get(origin) is not None:
        return filled[origin], origin
    return None


def _owner(field: FormField, origin: str, form: tuple[FormField, ...]) -> str | None:
    """The identity number that belongs to the person a field is about: named, or the only one, or by the label."""
    numbers = [f for f in form if f.type == "id_card"]
    named = [f for f in numbers if f.id == origin]
    if named or len(numbers) == 1:
        return (named or numbers)[0].id
    person = re.split("出生|生日|性别|户籍", field.label)[0]
    same = [f for f in numbers if f.label.startswith(person or "身份证")]
    return same[0].id if len(same) == 1 else None
