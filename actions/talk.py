"""What one turn works with: what was heard, the case beside its plans, and what is being said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from actions.forms import FormState
from actions.say import words
from cases.model import Answer, Case, Wish
from knowledge.bundle import Bundle
from knowledge.model import Situation
from knowledge.plan import Plan, plan
from knowledge.store import Knowledge
from nlu.services import Decision
from nlu.text import simplify
from nlu.values import facts


@dataclass(frozen=True)
class Heard:
    """A message as understood so far: the text as typed, the trained intent, and which bundles it may mean."""

    text: str
    decision: Decision
    intent: str | None = None
    confidence: float = 0.0
    scope: str = "other_service"


@dataclass
class Said:
    """The reply being put together: bubbles in order, and the status the turn ends in."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    status: str = "answered"

    def add(self, name: str, /, **values: object) -> None:
        """Say a sentence of the domain as a bubble of its own."""
        self.text(words()(name, **values))

    def text(self, text: str) -> None:
        """Say this text."""
        self.messages.append({"text": text, "buttons": [], "card": None})

    def join(self, text: str) -> None:
        """Add to the last bubble, so that short sentences do not each become one."""
        if self.messages and not self.messages[-1]["buttons"] and not self.messages[-1]["card"]:
            self.messages[-1]["text"] += "\n" + text
        else:
            self.text(text)

    def buttons(self, *choices: tuple[str, str]) -> None:
        """Offer answers under the last bubble: (title, payload)."""
        self.messages[-1]["buttons"] += [{"title": title, "payload": payload} for title, payload in choices]

    def card(self, card: dict[str, Any]) -> None:
        """Put a card to the last bubble."""
        self.messages[-1]["card"] = card

    def end(self, status: str) -> Said:
        """This turn ends so."""
        self.status = status
        return self


@dataclass
class Talk:
    """A case in the hands of one turn."""

    case: Case
    knowledge: Knowledge
    channel: str
    shown: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.shown = {e.text for e in self.case.history if e.kind == "shown"}

    @property
    def wish(self) -> Wish:
        """The wish being talked about."""
        return self.case.wishes[self.case.active]

    @property
    def bundle(self) -> Bundle:
        """Its bundle as it is in this place."""
        return self.knowledge.bundle(self.wish.bundle, self.case.region)

    def answers(self, wish: Wish | None = None) -> Mapping[str, Any]:
        """Answers by situation; None where the person does not know."""
        return {name: a.value for name, a in (wish or self.wish).answers.items()}

    def plan(self, wish: Wish | None = None) -> Plan:
        """What follows from the answers so far."""
        wish = wish or self.wish
        return plan(self.knowledge.bundle(wish.bundle, self.case.region), self.answers(wish))

    def plans(self) -> list[Plan]:
        """The plan of every wish, in order."""
        return [self.plan(w) for w in self.case.wishes]

    def form(self, wish: Wish | None = None) -> FormState:
        """The form of a wish, prefilled."""
        wish = wish or self.wish
        state = FormState(self.case, wish, self.plan(wish))
        state.prefill()
        return state

    def forms(self) -> list[FormState]:
        """The form of every wish."""
        return [self.form(w) for w in self.case.wishes]

    def situation(self, name: str | None) -> Situation | None:
        """A situation of the wish being talked about."""
        return self.bundle.situations.get(name) if name else None

    def names(self, bundles: list[str]) -> str:
        """Bundles as people know them."""
        return "、".join(f"“{self.knowledge.bundles[b].name}”" for b in bundles)

    def begin(self, bundles: list[str], text: str) -> None:
        """Take these wishes; keep the facts that the first words, and a wish said before a choice, already contain."""
        earlier = self.case.wish_text if self.case.offered else ""
        self.case.wishes = [Wish(b) for b in bundles]
        self.case.active = 0
        self.case.stage = "asking"
        self.case.offered = []
        self.case.wish_text = text
        for wish in self.case.wishes:
            for words_said in filter(None, dict.fromkeys((earlier, text))):
                self.learn(wish, words_said)

    def learn(self, wish: Wish, text: str, but: str | None = None) -> list[str]:
        """Keep the facts of a text for a wish, each with its quote; returns the situations that got a new value."""
        learnt = []
        bundle = self.knowledge.bundle(wish.bundle, self.case.region)
        general = simplify(" ".join((bundle.file.say, bundle.name, *bundle.file.official_names)))
        for fact in facts(simplify(text), bundle.situations.values()):
            old = wish.answers.get(fact.situation)
            # Words that everybody says who wants this bundle tell nothing about this person.
            if fact.quote not in general and fact.situation != but and (old is None or old.value != fact.value):
                wish.answers[fact.situation] = Answer(fact.value, "said", fact.quote)
                self.case.log("answered", fact.situation)
                learnt.append(fact.situation)
        return learnt

    def share(self) -> None:
        """An answer given for one wish holds for the others that ask the same question."""
        for wish in self.case.wishes:
            own = self.knowledge.bundle(wish.bundle, self.case.region).situations
            for other in self.case.wishes:
                theirs = self.knowledge.bundle(other.bundle, self.case.region).situations
                for name, answer in list(other.answers.items()):
                    if name in own and name not in wish.answers and _same(own[name], theirs[name]):
                        wish.answers[name] = answer

    def next_wish(self) -> bool:
        """Go on to the next wish; False after the last."""
        if self.case.active + 1 >= len(self.case.wishes):
            return False
        self.case.active += 1
        self.share()
        return True

    def mark_shown(self) -> None:
        """Remember that the plan of this wish was shown."""
        self.shown.add(self.wish.bundle)
        self.case.log("shown", self.wish.bundle)

    def restart(self) -> None:
        """Forget the wishes and begin anew; the region stays."""
        fresh = Case(channel=self.case.channel, region=self.case.region)
        self.case.__dict__.update(fresh.__dict__)
        self.shown = set()


def _same(one: Situation, other: Situation) -> bool:
    return one.type == other.type and one.options == other.options and one.unit == other.unit
