"""The application form: filled from what is known, asked for what is missing, several fields a message."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from actions.say import words
from cases.model import Case, Entry, Wish
from knowledge.fields import Unfit, fit, follows
from knowledge.model import FormField
from knowledge.plan import Plan
from nlu.identifiers import Identifier, identifiers

#: So many free-text fields are asked for in one message; choices come one by one, with buttons.
TOGETHER = 3
_FREE = ("text", "number", "date", "phone", "address", "id_card", "uscc", "bank_account")
#: Which fields of the form take a number that was said: by their type, and for plates by their label.
_TYPES = {"id_card": "id_card", "uscc": "uscc", "mobile": "phone", "landline": "phone"}
_PLATE = re.compile("(号牌|车牌)(号码?)?$|号牌号码")
_NAME = re.compile(r"我(?:的名字)?(?:叫|姓名是|名字是|是叫)\s*([一-鿿·]{2,6})")


@dataclass
class FormState:
    """The form of one wish as it stands: the fields of its plan and the case's entries."""

    case: Case
    wish: Wish
    plan: Plan

    def key(self, field: FormField) -> str:
        """Under which the case keeps a field: by id, with the bundle before it where a case has several."""
        return field.id if len(self.case.wishes) < 2 else f"{self.wish.bundle}/{field.id}"

    def prefill(self) -> None:
        """Fill what follows from answers and from other fields; what people said themselves is never overwritten."""
        for f in self.plan.fields:
            if self._own(f):
                continue
            entry = self._from_situation(f)
            if entry is not None:
                self.case.form[self.key(f)] = entry
        filled = {f.id: self.case.form[self.key(f)].value for f in self.plan.fields if self.key(f) in self.case.form}
        for f in self.plan.fields:
            if not self._own(f) and (found := follows(f, filled, self.plan.fields)):
                value, origin = found
                self.case.form[self.key(f)] = Entry(value, "derived", str(filled[origin]))

    def _own(self, field: FormField) -> bool:
        entry = self.case.form.get(self.key(field))
        return entry is not None and entry.source in ("said", "asked", "document")

    def _from_situation(self, field: FormField) -> Entry | None:
        kind, _, name = field.from_.partition(":")
        answer = self.wish.answers.get(name) if kind == "situation" else None
        if answer is None or answer.value is None or self.wish.answers[name].value == []:
            return None
        situation = self.plan.bundle.situations[name]
        values = answer.value if isinstance(answer.value, list) else [answer.value]
        labels = [situation.label([v] if situation.type == "multi" else v) for v in values]
        return Entry(_in_the_forms_words(field, labels, answer.value), "derived", answer.quote)

    def missing(self) -> list[FormField]:
        """Fields that only the applicant can fill and has neither filled nor put off."""
        return [
            f
            for f in self.plan.fields
            if f.from_ == "ask" and self.key(f) not in self.case.form and self.key(f) not in self.case.skipped
        ]

    def next_fields(self) -> list[FormField]:
        """What to ask for now: up to three free-text fields together, or one choice."""
        missing = self.missing()
        free = [f for f in missing if f.type in _FREE][:TOGETHER]
        return free or missing[:1]

    def take(self, field: FormField, text: str, quote: str, source: str = "asked") -> None:
        """Put a value into a field. Raises Unfit when it does not fit."""
        self.case.form[self.key(field)] = Entry(fit(field, text), source, quote)  # type: ignore[arg-type]

    def rows(self) -> list[dict[str, Any]]:
        """Every field with its value, where it came from and its quote; `from` names the paper that will fill it."""
        rows = []
        for f in self.plan.fields:
            entry = self.case.form.get(self.key(f))
            rows.append(
                {
                    "id": f.id,
                    "label": f.label,
                    "type": f.type,
                    "options": list(f.options),
                    "value": entry.value if entry else None,
                    "shown": _shown(entry.value) if entry else "",
                    "source": entry.source if entry else None,
                    "quote": entry.quote if entry else "",
                    "from": None if f.from_ == "ask" or ":" in f.from_ else f.from_,
                }
            )
        return rows

    def card(self) -> dict[str, Any]:
        """The form as a card."""
        rows = self.rows()
        filled = sum(row["value"] is not None for row in rows)
        return {"kind": "form", "fields": rows, "filled": filled, "total": len(rows)}


def _shown(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _in_the_forms_words(field: FormField, labels: list[str], value: Any) -> Any:
    """An answer in the words of a form field: its options where they fit, else the answer's own label."""
    if field.type == "number":
        return value
    if field.type == "yes_no" and isinstance(value, bool):
        return "是" if value else "否"
    if field.type == "multi":
        return [_option(field, label) for label in labels]
    return _option(field, labels[0]) if len(labels) == 1 else "、".join(labels)


def _option(field: FormField, label: str) -> str:
    for near in (
        [o for o in field.options if o == label],
        [o for o in field.options if o in label or label in o],
        [o for o in field.options if o[:2] == label[:2]],
    ):
        if len(near) == 1:
            return near[0]
    return label


@dataclass
class Taken:
    """What a message brought to the form: the fields filled, and what was wrong with others."""

    filled: list[FormField] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def read_fields(state: FormState, asked: list[FormField], text: str) -> Taken:
    """Take everything that a message says for the form: 标签:值 pairs, values in the order asked, telltale numbers."""
    taken = Taken()
    rest = _labelled(state, text, taken)
    done = {f.id for f in taken.filled}
    left = [f for f in asked if f.id not in done]
    if taken.filled or taken.wrong:
        _telltale(state, rest, taken)
        return taken
    if len(left) == 1:
        _try(state, left[0], text.strip(), text, taken)
        return taken
    parts = [p.strip() for p in re.split(r"[,,;;、\n]+|\s{1,}", text) if p.strip()]
    if left and len(parts) == len(left):
        for f, part in zip(left, parts):
            _try(state, f, part, part, taken)
        return taken
    _telltale(state, text, taken)
    return taken


def volunteered(state: FormState, text: str) -> Taken:
    """Form values said unasked in any message: identity numbers, credit codes, plates, telephone numbers, a name."""
    taken = Taken()
    _telltale(state, text, taken, source="said")
    return taken


def _labelled(state: FormState, text: str, taken: Taken) -> str:
    """Take `标签:值` pairs; returns the text without them."""
    rest = text
    for part in re.split(r"[,,;;。\n]+", text):
        match = re.match(r"\s*(.{1,20}?)\s*(?:[::]|是|为)\s*(.+)$", part)
        if not match:
            continue
        label = match[1].strip("我的 ")
        named = [f for f in state.plan.fields if label == f.label or (len(label) >= 2 and label in f.label)]
        exact = [f for f in named if f.label == label]
        if len(exact or named) >= 1 and len(label) >= 2:
            f = (exact or sorted(named, key=lambda x: (x.from_ != "ask", len(x.label))))[0]
            _try(state, f, match[2].strip(), part.strip(), taken)
            rest = rest.replace(part, " ")
    return rest


def _telltale(state: FormState, text: str, taken: Taken, source: str = "asked") -> None:
    for number in identifiers(text):
        empty = [f for f in state.plan.fields if _takes(f, number) and state.key(f) not in state.case.form]
        if empty:
            _try(state, empty[0], number.value, text[number.start : number.end], taken, source)
    if name := _NAME.search(text):
        empty = [f for f in state.plan.fields if "姓名" in f.label and state.key(f) not in state.case.form]
        if empty:
            _try(state, empty[0], name[1], name[0], taken, source)


def _takes(f: FormField, number: Identifier) -> bool:
    if number.kind == "plate":
        return f.type == "text" and bool(_PLATE.search(f.label))
    return f.type == _TYPES[number.kind]


def _try(state: FormState, f: FormField, value: str, quote: str, taken: Taken, source: str = "asked") -> None:
    try:
        state.take(f, value, quote, source)
        taken.filled.append(f)
    except Unfit as error:
        taken.wrong.append(str(error))


def ask_text(fields: list[FormField]) -> str:
    """How the missing fields are asked for."""
    say = words()
    if len(fields) == 1:
        f = fields[0]
        return say("form_ask_one", label=f.label) if f.type in _FREE else say("form_ask_choice", label=f.label)
    return say("form_ask_several", labels="\n".join(f"· {f.label}" for f in fields))
