"""What one turn works with: what was heard, the case beside its plans, and what is being said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from actions.changes import snapshot
from actions.forms import FormState
from actions.say import words
from cases.model import Answer, Case, Wish
from knowledge.bundle import Bundle
from knowledge.model import Situation
from knowledge.plan import Plan, plan
from knowledge.store import Knowledge
from nlu.behalf import on_behalf
from nlu.decision import Decision
from nlu.text import simplify
from nlu.values import Fact, told


@dataclass(frozen=True)
class Heard:
    """A message as understood so far: the text as typed, the trained intent, and which bundles it may mean."""

    text: str
    decision: Decision
    intent: str | None = None
    confidence: float = 0.0


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

    @property
    def shown(self) -> set[str]:
        """The bundles whose checklist the person has seen."""
        return {w.bundle for w in self.case.wishes if w.told}

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
        """Take these wishes before those under way; the facts of the first words, and of a wish said before a choice,
        are kept."""
        earlier = self.case.wish_text if self.case.offered else ""
        fresh = [Wish(b) for b in bundles if b not in {w.bundle for w in self.case.wishes}]
        at = self.case.active if self.case.wishes else 0
        self.case.wishes[at:at] = fresh
        self.case.active = at
        self.case.stage = "asking"
        self.case.pending = None
        self.case.offered = []
        self.case.wish_text = text
        for wish in fresh:
            for words_said in filter(None, dict.fromkeys((earlier, text))):
                self.learn(wish, words_said)
        self.share()

    def learn(self, wish: Wish, text: str, but: str | None = None) -> tuple[list[str], list[Fact]]:
        """Keep the facts of a text for a wish, each with its quote.

        Returns the situations that got a value, and the facts that contradict an earlier answer and are not taken.
        """
        learnt: list[str] = []
        against: list[Fact] = []
        bundle = self.knowledge.bundle(wish.bundle, self.case.region)
        for fact in told(simplify(text), bundle.file, bundle.situations.values()):
            if fact.situation == but:
                continue
            old, value = wish.answers.get(fact.situation), fact.value
            if old is not None and isinstance(old.value, list) and isinstance(value, list):
                value = [*old.value, *(v for v in value if v not in old.value)]
            elif old is not None and old.value is not None and old.value != value:
                against.append(fact)
                continue
            if old is None or old.value != value:
                wish.answer(fact.situation, Answer(value, "said", fact.quote))
                self.case.log("answered", fact.situation)
                learnt.append(fact.situation)
        return learnt, against

    def behalf(self, text: str) -> str | None:
        """Notice that the speaker acts for somebody; whom, if that is new."""
        found = on_behalf(text)
        if found is None or self.case.acting_for == found[0]:
            return None
        self.case.acting_for = found[0]
        return found[0]

    def mark_agent(self, quote: str) -> None:
        """Answer “is somebody else doing this for you” for every wish that asks it and has no answer."""
        for wish in self.case.wishes:
            asked = self.knowledge.bundle(wish.bundle, self.case.region).situations.get("agent")
            if asked is not None and wish.answers.get("agent") is None:
                value = (
                    True if asked.type == "yes_no" else "agent" if "agent" in {o.id for o in asked.options} else None
                )
                if value is not None:
                    wish.answer("agent", Answer(value, "said", quote))

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
        """Go on to a wish whose checklist was not shown yet; False when there is none."""
        for place, wish in enumerate(self.case.wishes):
            if not wish.told:
                self.case.active = place
                self.share()
                return True
        return False

    def mark_shown(self) -> None:
        """The checklist of the wish being talked about was shown."""
        self.remember(self.wish)

    def remember(self, wish: Wish) -> None:
        """What follows for this wish is known to the person from now on."""
        wish.told = snapshot(self.plan(wish))

    def fit_to_guide(self) -> bool:
        """Let go of what the guides no longer know, a bundle, a question or an option; True if anything went."""
        kept = [w for w in self.case.wishes if w.bundle in self.knowledge.bundles]
        changed = len(kept) != len(self.case.wishes)
        self.case.wishes = kept
        self.case.active = min(self.case.active, max(0, len(kept) - 1))
        for wish in kept:
            situations = self.knowledge.bundle(wish.bundle, self.case.region).situations
            gone = [n for n, a in wish.answers.items() if n not in situations or not _possible(situations[n], a.value)]
            for name in gone:
                del wish.answers[name]
            changed = changed or bool(gone)
        if not kept and self.case.stage in ("asking", "form"):
            self.case.stage, self.case.pending = "choosing", None
        return changed

    def restart(self) -> None:
        """Forget the wishes and begin anew; the region stays."""
        fresh = Case(channel=self.case.channel, region=self.case.region)
        self.case.__dict__.update(fresh.__dict__)


def _same(one: Situation, other: Situation) -> bool:
    return one.type == other.type and one.options == other.options and one.unit == other.unit


def _possible(situation: Situation, value: Any) -> bool:
    ids = {o.id for o in situation.options}
    if value is None or not ids:
        return not isinstance(value, list)
    return set(value) <= ids if isinstance(value, list) else value in ids
