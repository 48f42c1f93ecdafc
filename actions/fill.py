"""Filling the form in conversation: consent first, then what is missing, then the hand-over."""

from __future__ import annotations

import re
from typing import Literal

from actions.forms import FormState, ask_text, read_fields, volunteered
from actions.talk import Said, Talk
from nlu.acts import yes_no

Outcome = Literal["taken", "done", "wrong", "reopened", "nothing"]

#: How a button's choice for a form field comes back.
_PAYLOAD = re.compile(r"^#field\.([A-Za-z0-9_]+)=(.*)$")
_CONSENT = "consent"
_SUBMIT = "submit"
_DONE = re.compile(r"^(提交|办理|交给窗口|转(到)?窗口|确认|确认提交|就这样|填完了|好了,?提交|交了|递交)[吧了。!]*$")
_TO_WINDOW = re.compile(r"^(不填(表)?|不同意|(直接)?(转|去|到)窗口(填|办)?|不用填|窗口(再)?填)[吧了。!]*$")
_SKIP = re.compile(r"跳过|先不填|以后再填|窗口再|不知道|不晓得|不清楚|没有$|不方便")
_CHANGE = re.compile(r"^改\s*(.+)$")


def ask(talk: Talk, said: Said) -> None:
    """Ask for consent, or the next missing fields, or whether to hand the case over."""
    case = talk.case
    case.stage = "form"
    state = _current(talk)
    if not case.consent:
        case.pending = _CONSENT
        said.add("consent", count=len(state.missing()))
        said.buttons(("同意,接着填", "同意"), ("不填了,直接转窗口", "转窗口"))
        return
    fields = state.next_fields()
    if not fields:
        case.pending = _SUBMIT
        rows = state.rows()
        said.add("form_done", filled=sum(r["value"] is not None for r in rows), total=len(rows))
        said.card(state.card())
        said.buttons(("交给窗口", "提交"), ("转帮办代办", "转帮办"), ("看看申请表", "看看申请表"))
        return
    case.pending = ",".join(f.id for f in fields)
    said.text(ask_text(fields))
    only = fields[0]
    if len(fields) == 1 and only.type in ("choice", "multi", "yes_no"):
        said.buttons(*((o, f"#field.{only.id}={o}") for o in only.options or ("是", "否")))
    said.buttons(("跳过", "跳过"))


def take(talk: Talk, text: str, doing: str | None, said: Said) -> Outcome:
    """Take what a message brings to the form. done: hand it over; wrong: said why; reopened: asked for one field again;
    nothing: not about the form."""
    case = talk.case
    if case.pending == _CONSENT:
        if _TO_WINDOW.match(text) or yes_no(text) is False or _DONE.match(text):
            return "done"
        if yes_no(text) or "同意" in text or text in ("接着填", "填"):
            case.consent = True
            for event in case.history:
                if event.kind == "said":
                    volunteered(_current(talk), event.text)
            return "taken"
        return "nothing"
    if _DONE.match(text) or (_TO_WINDOW.match(text) and case.pending == _SUBMIT):
        return "done"
    if case.pending == _SUBMIT and yes_no(text):
        return "done"
    state = _current(talk)
    if change := _CHANGE.match(text):
        return _reopen(talk, state, change[1], said)
    asked = [f for f in state.plan.fields if f.id in (case.pending or "").split(",")]
    if payload := _PAYLOAD.match(text):
        asked = [f for f in state.plan.fields if f.id == payload[1]]
        text = payload[2]
    elif asked and _SKIP.search(text) and len(text) <= 12:
        case.skipped += [state.key(f) for f in asked]
        return "taken"
    taken = read_fields(state, asked, text)
    for problem in taken.wrong:
        said.add("unfit", why=problem)
    if taken.filled:
        talk.case.log("filled", "、".join(f.label for f in taken.filled))
        return "taken"
    return "wrong" if taken.wrong else "nothing"


def concerns(talk: Talk, text: str) -> bool:
    """Whether a correction is about the form: 改 and the name of one of its fields, or a wrong value just given."""
    change = _CHANGE.match(text)
    fields = _current(talk).plan.fields
    return bool(_PAYLOAD.match(text)) or (change is not None and any(change[1].strip() in f.label for f in fields))


def step_back(talk: Talk) -> bool:
    """Empty the field filled or put off last, so that it is asked for again; False when nothing was filled."""
    case = talk.case
    if not case.consent:
        return False
    filled = [k for k, e in case.form.items() if e.source in ("asked", "said")]
    last = case.skipped[-1:] or filled[-1:]
    for key in last:
        case.form.pop(key, None)
        case.skipped = [k for k in case.skipped if k != key]
    return bool(last)


def _current(talk: Talk) -> FormState:
    """The form of the first wish that still misses something, else of the last."""
    states = talk.forms()
    return next((s for s in states if s.missing()), states[-1])


def _reopen(talk: Talk, state: FormState, label: str, said: Said) -> Outcome:
    named = [f for f in state.plan.fields if label.strip() in f.label]
    if not named:
        said.add("no_such_field", label=label)
        return "wrong"
    field = sorted(named, key=lambda f: len(f.label))[0]
    talk.case.form.pop(state.key(field), None)
    talk.case.skipped = [k for k in talk.case.skipped if k != state.key(field)]
    talk.case.pending = field.id
    said.add("form_ask_one", label=field.label)
    return "reopened"
