"""Days as people say them: 2024年3月5日, 三月五号, 去年5月1号, 下个月3号, 上周五, 三天前."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from nlu.numbers import chinese

_N = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_DATE = re.compile(
    r"(?:(?P<year>\d{4}|[零〇一二三四五六七八九]{4}|今|明|去|前|后)年?[-/.年]?)?"
    rf"(?P<month>{_N})[-/.月](?P<day>{_N})?[日号]?"
)
_RELATIVE = {
    "今天": 0, "今日": 0, "今儿": 0, "明天": 1, "明日": 1, "明儿": 1, "昨天": -1, "昨日": -1, "昨晚": -1, "前天": -2,
    "后天": 2, "大前天": -3, "大后天": 3,
}  # fmt: skip
_YEARS = {"今": 0, "明": 1, "去": -1, "前": -2, "后": 2}
_MONTH = re.compile(rf"(下下|上上|下|上|这|本)个?月(?:(?P<day>{_N})[日号]?|(?P<end>底|末)|(?P<begin>初|头))")
_WEEK = re.compile(r"(?P<shift>下下|上上|下|上|这|本)?个?(?:周|星期|礼拜)(?P<day>[一二三四五六日天1-6末])")
_AGO = re.compile(rf"(?P<count>{_N}|两|半)(?P<unit>天|个?星期|个?礼拜|周|个月)(?:之|以)?(?P<way>前|后)")
_DAY_ONLY = re.compile(rf"\s*({_N})[号日](那天|左右|吧|啊|的)?[。.!]?\s*")
_SHIFT = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}


def read_date(text: str, today: date) -> date | None:
    """The day that a text names, or None. A day without a year is the one nearest to today.

    >>> read_date("下个月3号", date(2026, 12, 20))
    datetime.date(2027, 1, 3)
    >>> read_date("上周五", date(2026, 4, 10)), read_date("三天前", date(2026, 4, 10))
    (datetime.date(2026, 4, 3), datetime.date(2026, 4, 7))
    """
    for word, shift in sorted(_RELATIVE.items(), key=lambda r: -len(r[0])):
        if word in text:
            return today + timedelta(shift)
    return _by_month(text, today) or _by_week(text, today) or _counted(text, today) or _written(text, today)


def _by_month(text: str, today: date) -> date | None:
    match = _MONTH.search(text)
    if match is None:
        return None
    months = today.year * 12 + today.month - 1 + _SHIFT[match[1]]
    year, month = months // 12, months % 12 + 1
    last = calendar.monthrange(year, month)[1]
    return _day(year, month, last if match["end"] else 1 if match["begin"] else _plain(match["day"]))


def _by_week(text: str, today: date) -> date | None:
    match = _WEEK.search(text)
    if match is None:
        return None
    monday = today - timedelta(today.weekday()) + timedelta(7 * _SHIFT[match["shift"] or "这"])
    weekday = "一二三四五六日".find(match["day"].replace("天", "日").replace("末", "六"))
    return monday + timedelta(weekday if weekday >= 0 else int(match["day"]) - 1)


def _counted(text: str, today: date) -> date | None:
    """三天前, 两个星期后, 半个月前; months go to the same day of the month, as far as it has one."""
    match = _AGO.search(text)
    if match is None:
        return None
    way = -1 if match["way"] == "前" else 1
    half = match["count"] == "半"
    count = 0 if half else 2 if match["count"] == "两" else _plain(match["count"])
    if match["unit"] == "个月" and not half:
        months = today.year * 12 + today.month - 1 + way * count
        last = calendar.monthrange(months // 12, months % 12 + 1)[1]
        return date(months // 12, months % 12 + 1, min(today.day, last))
    days = {"天": 1, "个月": 30}.get(match["unit"], 7)
    return today + timedelta(way * (days // 2 if half else count * days))


def _written(text: str, today: date) -> date | None:
    if compact := re.fullmatch(r"\s*(\d{4})(\d{2})(\d{2})\s*", text):
        return _day(int(compact[1]), int(compact[2]), int(compact[3]))
    if alone := _DAY_ONLY.fullmatch(text):
        months = [today.year * 12 + today.month - 1 + shift for shift in (-1, 0, 1)]
        return _nearest([_day(m // 12, m % 12 + 1, _plain(alone[1])) for m in months], today)
    match = _DATE.search(text)
    if not match:
        return None
    year = match["year"]
    month, day = _plain(match["month"]), _plain(match["day"]) if match["day"] else 1
    if year is None:
        return _nearest([_day(y, month, day) for y in (today.year - 1, today.year, today.year + 1)], today)
    return _day(today.year + _YEARS[year] if year in _YEARS else _plain(year), month, day)


def _nearest(days: list[date | None], today: date) -> date | None:
    return min((d for d in days if d), key=lambda d: abs((d - today).days), default=None)


def _plain(text: str) -> int:
    return int(text) if text.isdecimal() else int(chinese(text) or 0)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
