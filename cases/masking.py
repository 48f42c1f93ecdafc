"""Numbers that belong to a person, made unreadable for logs and summaries."""

from __future__ import annotations

import re
from datetime import date

from stdnum.cn import uscc

#: Personal numbers as people write them. Whatever is eleven digits or longer is one, whether its check digit is right
#: or not: a mistyped identity number is still somebody's.
NUMBER = re.compile(
    r"""(?<!\d)(?:
        \d{6}[ -]?\d{8}[ -]?\d{3}[\dXxＸｘ]       # identity number (GB 11643), area birthday rest
      | 1[3-9]\d[ -]?\d{4}[ -]?\d{4}              # mobile telephone
      | (?:\d{4}[ -]){3,4}\d{1,4}[XxＸｘ]?        # bank card, or identity number, in fours
      | \d{11,}[XxＸｘ]?
    )(?!\d)""",
    re.VERBOSE,
)
CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{18}(?![0-9A-Za-z])")


def mask(text: str) -> str:
    """The text with identity, mobile and bank card numbers starred out; company codes (USCC) are public and stay.

    >>> mask("身份证 11010519491231002X,手机 138 0013 8000,公司 91110000600037341L")
    '身份证 110*************2X,手机 138****8000,公司 91110000600037341L'
    """
    done, parts = 0, []
    for code in CODE.finditer(text):
        if uscc.is_valid(code[0]) and not _has_birthday(code[0]):
            parts += [NUMBER.sub(_stars, text[done : code.start()]), code[0]]
            done = code.end()
    return "".join([*parts, NUMBER.sub(_stars, text[done:])])


def _stars(found: re.Match[str]) -> str:
    """First three and last two of an identity number, first three and last four of any other."""
    number = re.sub("[ -]", "", found[0])
    if re.fullmatch(r"\d{4}[ -].*", found[0]) and not _is_bank_card(number) and not _has_birthday(number):
        return found[0]  # a row of years or amounts
    tail = 2 if len(number) in (15, 18) else 4
    return number[:3] + "*" * (len(number) - 3 - tail) + number[-tail:]


def _has_birthday(number: str) -> bool:
    """Whether this is as long as an identity number and has a date where that has the date of birth."""
    try:
        return len(number) == 18 and date(int(number[6:10]), int(number[10:12]), int(number[12:14])).year > 1850
    except ValueError:
        return False


def _is_bank_card(number: str) -> bool:
    """Whether this begins as bank cards do and its check digit is right (ISO/IEC 7812)."""
    if number[0] not in "34569" or not number.isdecimal():
        return False
    digits = [int(digit) for digit in reversed(number)]
    return sum(digits[::2] + [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]) % 10 == 0
