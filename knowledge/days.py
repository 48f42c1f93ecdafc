"""Working days with China's public holidays, as far as the State Council has announced them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import chinese_calendar


@dataclass(frozen=True)
class Finish:
    """When something is finished. `announced` is False when holidays on the way are not announced yet:
    `day` then counts Saturdays and Sundays only."""

    day: date
    announced: bool


def is_workday(day: date) -> tuple[bool, bool]:
    """Whether one works on this day, and whether that is announced (国务院办公厅放假安排) or only the weekday."""
    try:
        return bool(chinese_calendar.is_workday(day)), True
    except NotImplementedError:
        return day.weekday() < 5, False


def after_working_days(start: date, days: int) -> Finish:
    """The day on which `days` working days after `start` are over.

    The day of starting does not count (民法典第二百零一条).

    >>> after_working_days(date(2026, 1, 5), 3)
    Finish(day=datetime.date(2026, 1, 8), announced=True)
    """
    day, announced = start, True
    left = days
    while left > 0:
        day += timedelta(days=1)
        works, known = is_workday(day)
        announced = announced and known
        left -= works
    return Finish(day, announced)
