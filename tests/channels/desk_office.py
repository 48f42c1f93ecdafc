"""A small office behind the desk, for its tests: one bundle, four questions, hand-overs in memory. All fictitious."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any

from cases.desk import AlreadyClaimed
from channels.desk import Candidate
from channels.message import Button, Message, Reply

TOKEN = "a-token-for-tests"
KNOWN = {
    "open_restaurant": ("开办餐饮店一件事", "开餐馆从执照核验到食品经营许可一次办完", ("开餐馆", "餐馆", "火锅店")),
    "open_hotel": ("开办旅馆一件事", "开旅馆的治安、卫生、消防一次办完", ("旅馆", "宾馆")),
    "outdoor_signboard": ("户外招牌一件事", "门头招牌的设置一次办完", ("招牌", "门头")),
}
QUESTIONS: dict[str, dict[str, Any]] = {
    "premises": {
        "ask": "经营场所是自有还是租的?",
        "why": "这关系到您要不要带:房屋租赁合同。",
        "type": "choice",
        "options": {"owned": "自有", "rented": "租赁"},
        "said": {"租": "rented", "自己的房": "owned"},
    },
    "area": {"ask": "经营场所建筑面积多少平方米?", "why": "", "type": "number", "unit": "平方米", "options": {}},
    "food": {
        "ask": "准备做哪些吃的?",
        "why": "这关系到您要不要带:专间设置说明。",
        "type": "multi",
        "options": {"hot": "热食类", "cold": "冷食类", "drinks": "自制饮品"},
    },
    "agent": {"ask": "是不是委托别人代办?", "why": "", "type": "yes_no", "options": {"yes": "是", "no": "否"}},
}


@dataclass
class Application:
    """What one caller wants and has answered."""

    code: str
    bundle: str | None = None
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    handover: dict[str, Any] | None = None

    @property
    def pending(self) -> str | None:
        return next((name for name in QUESTIONS if self.bundle and name not in self.answers), None)

    def learn(self, name: str, value: str, source: str, quote: str) -> None:
        question = QUESTIONS[name]
        label = "、".join(question["options"].get(part, part) for part in value.split(","))
        unit = question.get("unit", "")
        self.answers[name] = {
            "value": value,
            "source": source,
            "quote": quote,
            "ask": question["ask"],
            "label": label + unit,
        }

    def checklist(self) -> dict[str, Any]:
        rented = self.answers.get("premises", {}).get("value")
        lease = {"owned": "exempt", "rented": "bring", None: "maybe"}[rented]
        common = {"copies": 1, "issuer": "申请人自备", "one_of": None, "alternatives": [], "verify": None}
        food, permit = "食品经营许可", ["食品经营许可(餐饮服务经营者)"]
        materials = [
            {"name": "场所平面图", "of": "经营场所", "state": "bring", "form": "原件", "reason": f"{food}要用"},
            {"name": "房屋租赁合同", "of": "经营场所", "state": lease, "form": "复印件", "reason": "看场所是不是租的"},
            {"name": "营业执照", "of": "申请人", "state": "exempt", "form": "电子", "reason": "不用交:电子证照能查到"},
        ]
        return {
            "kind": "checklist",
            "bundle": {"id": self.bundle, "name": KNOWN[self.bundle or ""][0]},
            "region": {"code": "510000", "name": "四川省"},
            "procedures": [
                {
                    "id": "food_permit",
                    "name": permit[0],
                    "department": "市场监督管理局",
                    "state": "applies",
                    "days": {"statutory": 15, "promised": 5},
                    "fee": "免费",
                    "basis": "《食品安全法》第三十五条",
                    "verify": "冷食一般不能用告知承诺方式办",
                    "waits_for": [],
                    "reason": "",
                }
            ],
            "materials": [{**common, "ask_at": "", "procedures": permit, **m} for m in materials],
            "totals": {"materials": [35, 17], "fields": [100, 58], "days": [48, 13], "visits": [5, 1]},
            "finish": "2026-12-11",
            "finish_note": "",
            "ways": [{"title": "容缺受理", "text": "缺次要材料的先受理,5 天内补上。", "source": ""}],
            "sources": ["《食品安全法》"],
            "code": self.code,
        }

    def form(self) -> list[dict[str, Any]]:
        area = self.answers.get("area")
        value = area and {"value": area["value"], "source": "derived", "quote": area["quote"]}
        empty = {"value": None, "source": None, "quote": ""}
        return [
            {"id": "area", "label": "经营场所面积", **(value or empty)},
            {"id": "name", "label": "名称(字号)", **empty},
        ]

    def json(self) -> dict[str, Any]:
        """As Reply.case."""
        card = self.checklist() if self.bundle else {"procedures": [], "materials": [], "totals": {}}
        return {
            "code": self.code,
            "bundles": [self.bundle] if self.bundle else [],
            "region": "510000",
            "answers": self.answers,
            "pending": self.pending,
            "procedures": [{k: p[k] for k in ("id", "name", "department", "state")} for p in card["procedures"]],
            "materials": [
                {k: m[k] for k in ("name", "of", "state", "procedures", "reason")} for m in card["materials"]
            ],
            "totals": card["totals"],
            "form": self.form() if self.bundle else [],
            "handover": self.handover,
        }


class Office:
    """Implements channels.desk.Desk. `turns` are all words heard; `hold`, while set, keeps every answer back."""

    def __init__(self) -> None:
        self.turns: list[tuple[str, str]] = []
        self.cases: dict[str, Application] = {}
        self.slips: dict[str, dict[str, Any]] = {}
        self.hold: asyncio.Event | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        self.broken = False

    async def heard(self, call: str, text: str) -> Reply:
        self.turns.append((call, text))
        if self.hold:
            self.loop = asyncio.get_running_loop()
            await self.hold.wait()
        if self.broken:
            raise RuntimeError("the database is away")
        return self._answer(self.cases.setdefault(call, Application(f"CASE{len(self.cases) + 2:02}")), text)

    def look(self, text: str) -> list[Candidate]:
        if self.broken:
            raise RuntimeError("the index is away")
        found = []
        for name, (title, summary, words) in KNOWN.items():
            if heard := [word for word in words if word in text]:
                found.append(Candidate(name, title, summary, 0.5 + 0.2 * len(heard), heard))
        return sorted(found, key=lambda candidate: -candidate.score)

    def handovers(self, status: str | None) -> list[dict[str, Any]]:
        return [slip for slip in self.slips.values() if status in (None, slip["status"])]

    def handover(self, no: str) -> dict[str, Any] | None:
        return self.slips.get(no)

    def claim(self, no: str, clerk: str) -> dict[str, Any]:
        slip = self.slips[no]
        if slip["clerk"] not in (None, clerk):
            raise AlreadyClaimed(no, slip["clerk"])
        slip.update(status="claimed", clerk=clerk, claimed_at="2026-11-24T02:00:00+00:00")
        return slip

    def close(self, no: str, clerk: str, result: str) -> dict[str, Any]:
        slip = self.claim(no, clerk)
        slip.update(status="closed", closed_at="2026-11-24T03:00:00+00:00", result=result)
        return slip

    def find(self, code: str) -> dict[str, Any] | None:
        found = next((case for case in self.cases.values() if case.code == code.upper()), None)
        if found is None:
            return None
        return {**found.json(), "cards": [found.checklist()] if found.bundle else []}

    async def adopt(self, call: str, code: str) -> Reply:
        self.cases[call] = next(case for case in self.cases.values() if case.code == code.upper())
        return self._next(self.cases[call], "asked", Message("找到了,接着办“开办餐饮店一件事”。"))

    def _answer(self, case: Application, text: str) -> Reply:
        if text == "转人工":
            return self._hand_over(case)
        if picked := re.match(r"#bundle=(\w+)$", text):
            case.bundle = picked[1]
        elif case.bundle is None:
            offered = self.look(text)
            if not offered:
                return Reply("refused_out_of_scope", (Message("没听清要办什么,请再说一遍。"),), case.json())
            if len(offered) > 1:
                return self._choice(case, offered)
            case.bundle = offered[0].id
        self._learn(case, text)
        return self._next(case, "asked")

    def _learn(self, case: Application, text: str) -> None:
        pending = case.pending
        if picked := re.match(r"#(\w+)=(.+)$", text):
            if picked[1] in QUESTIONS:
                labels = [QUESTIONS[picked[1]]["options"].get(value, value) for value in picked[2].split(",")]
                case.learn(picked[1], picked[2], "asked", "、".join(labels))
            return
        for words, value in QUESTIONS["premises"]["said"].items():
            if words in text:
                case.learn("premises", value, "said", text)
        if number := re.search(r"(\d+)\s*平", text):
            case.learn("area", number[1], "asked" if pending == "area" else "said", number[0])

    def _choice(self, case: Application, offered: list[Candidate]) -> Reply:
        card = {
            "kind": "choice",
            "bundles": [{"id": c.id, "name": c.name, "summary": c.summary} for c in offered],
        }
        buttons = (*(Button(c.name, f"#bundle={c.id}") for c in offered), Button("都不是", "都不是"))
        return Reply("offered_choice", (Message("您说的是哪一件?", buttons, card),), case.json())

    def _next(self, case: Application, status: str, *first: Message) -> Reply:
        name = case.pending
        if name is None:
            listed = Message("【开办餐饮店一件事】…", card=case.checklist())
            ask = Message("要不要先帮您把申请表填好?", (Button("同意,接着填", "同意"), Button("转窗口", "转窗口")))
            return Reply(status, (*first, listed, ask), case.json())
        question = QUESTIONS[name]
        card = {k: question.get(k) for k in ("ask", "why", "type", "unit")}
        position = [len(case.answers) + 1, len(QUESTIONS)]
        buttons = [Button(label, f"#{name}={value}") for value, label in question["options"].items()]
        buttons.append(Button("不知道", f"#{name}=?"))
        card |= {"kind": "question", "situation": name, "position": position}
        return Reply(status, (*first, Message(question["ask"], tuple(buttons), card)), case.json())

    def _hand_over(self, case: Application) -> Reply:
        no = f"20261124-{len(self.slips) + 1:04}"
        case.handover = {"no": no, "target": "hotline", "where": "12345 热线工作人员", "open": ["是不是委托别人代办?"]}
        listed = case.checklist() if case.bundle else None
        self.slips[no] = {
            "no": no,
            "target": "hotline",
            "status": "open",
            "created": "2026-11-24T01:30:00+00:00",
            "clerk": None,
            "claimed_at": None,
            "closed_at": None,
            "result": None,
            "package": {
                "no": no,
                "channel": "hotline",
                "code": case.code,
                "bundles": [{"id": case.bundle, "name": KNOWN[case.bundle][0]}] if case.bundle else [],
                "region": {"code": "510000", "name": "四川省"},
                "answers": [{"situation": name, **answer} for name, answer in case.answers.items()],
                "checklist": listed and {"procedures": listed["procedures"], "materials": listed["materials"]},
                "totals": listed and listed["totals"],
                "form": case.form() if case.bundle else [],
                "open_points": case.handover["open"],
                "summary": "群众:我要开餐馆\n导办:经营场所是自有还是租的?",
                "history": 2,
            },
        }
        card = {"kind": "handover", **case.handover, "code": case.code}
        return Reply("handed_over", (Message(f"已经转给热线工作人员,编号 {no}。", card=card),), case.json())
