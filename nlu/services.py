"""Which bundle somebody wants: the ranker's probabilities made into a decision that the dialogue can act on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log
from pathlib import Path

import jieba
import numpy as np

from knowledge.load import Files, Reader
from knowledge.model import BundleFile
from nlu import ranker as ranking
from nlu.behalf import on_behalf
from nlu.decision import Candidate, Decision
from nlu.examples import DIALOGUE, MARK, examples, is_bundle, is_kind
from nlu.features import features, plain
from nlu.procedures import Called, Procedures
from nlu.ranker import Ranker
from nlu.text import LONGEST, has_words, simplify
from nlu.trades import Trade, trade

#: From this probability on the first is taken at once, unless another is as probable as RIVAL, or it is as probable as
#: TWOFOLD that two could serve and the second one's machine says at least SECOND.
SURE, RIVAL, TWOFOLD, SECOND = 0.60, 0.22, 0.06, -0.6
#: From this probability on a text is nobody's business; up to the second one the bundle that it is about, if only one
#: can be meant, is named all the same.
NOBODY, PERHAPS = 0.55, 0.9
#: A new bundle's machine has heard little of what people say: where it says at least so much, from this probability on.
#: Chosen on training requests of 48 bundles that were left out in turn; with four new bundles at a time one more of a
#: hundred texts that are nobody's is taken for one of them.
NEW_CLAIMS, NOBODY_NEW = -0.4, 0.95
#: What the machine of a kind of out of scope says at least of a text that is of this kind.
LIKE_A_KIND = -0.35
#: Choices are at least so probable, and at most so many.
POSSIBLE, MOST = 0.03, 3
#: A part of a message may be a wish of its own when its bundle is so probable.
PART = 0.5
#: From this probability on a message has several wishes, and its log odds: the constant; whether words like 顺便 tell
#: that there is more than one; the least that a machine says of its own part, the least and the most that one says of
#: the whole, and the most of its own part. Logistic regression on the messages of the development set.
SEVERAL = 0.3
SEVERAL_ODDS = (-1.88, 2.64, 2.24, 2.58, -3.67, 3.05)
#: Characters of a clause, and of one of several things named in a row, that can say something.
CLAUSE, NAMED = 4, 3
#: Nobody names two wishes in more characters or parts than these; a story does.
LONGEST_SEVERAL, MOST_PARTS = 80, 16

_STOPS = re.compile(r"[,,。;;!!??…~\n]+")
#: Many write a blank for a comma.
_BLANK = re.compile(r"(?<=[一-鿿]{3}) +(?=[一-鿿]{3})")
_MORE = re.compile(
    r"还(?:有|想|要|得|没)|顺便|顺带|同时|另外|外加|以及|除了|然后(?:还)?|再(?=办|帮|给|把|问|加)"
    r"|也(?=想|要|得|没|还|该|一)|跟着|一并|一起|一块|又(?=要|想)|并且"
)
_AND = re.compile(r"[和与跟、]")
#: 不是开店,是关店: what is denied is not wished.
_DENIED = re.compile(
    r"(?:我)?(?:不是|不想|不要|不打算|不准备|并非|唔系|唔想)(?:要|想|来)?[^,,。;;!!?? ]{1,14}?[,,。;; ]+"
    r"(?=(?:而是|是|就是|要|想|我要|我想|我是)[^,,。]{2})"
)
#: 社保卡已经办好了: what is done is not wished.
_DONE = re.compile(
    r"^[^,,。;;!!?? ]{1,14}(?:已经|早就|早都|都)(?:办|领|换|补|弄|搞|申请)(?:好|完|过|成|妥|下来)?了[。!! ]*$"
)
#: Words that every request has and that explain nothing.
_EMPTY = frozenset(
    [
        "我要",
        "我想",
        "想要",
        "怎么",
        "怎么办",
        "如何",
        "办理",
        "需要",
        "什么",
        "哪些",
        "要办",
        "手续",
        "一个",
        "这个",
        "那个",
        "可以",
        "现在",
    ]
)


@dataclass(frozen=True)
class Ranking:
    """The bundles that may be meant, best first; the probabilities that none is, and that more than one could serve;
    and what every machine says."""

    candidates: tuple[Candidate, ...]
    nobody: float
    twofold: float
    scores: np.ndarray


@dataclass(frozen=True)
class _Wish:
    """A bundle that a part of a message wants, and what its machine says of that part and of the whole message."""

    candidate: Candidate
    in_part: float
    in_whole: float


def _several_odds(wishes: Sequence[_Wish], more: bool) -> float:
    """The log odds that these are wishes of one message, each by itself (SEVERAL_ODDS)."""
    in_part, in_whole = [wish.in_part for wish in wishes], [wish.in_whole for wish in wishes]
    signs = (1, more, min(in_part), min(in_whole), max(in_whole), max(in_part))
    return sum(weight * sign for weight, sign in zip(SEVERAL_ODDS, signs))


def _parts(text: str) -> Iterator[str]:
    """What of a message can be a wish: its clauses, what stands before and after each stop, their pieces between words
    like 顺便, things in a row."""
    clauses = [clause for clause in _STOPS.split(text) if len(clause) >= CLAUSE]
    for place in range(1, len(clauses)):
        yield ",".join(clauses[:place])
        yield ",".join(clauses[place:])
    for clause in clauses:
        yield clause
        pieces = [p for p in _MORE.split(clause) if len(p) >= CLAUSE]
        if len(pieces) > 1:
            yield from pieces
        named = [p for p in _AND.split(clause) if len(p) >= NAMED]
        if len(named) > 1:
            yield from named


class Services:
    """Decides which bundle a text wants. Immutable; `of` makes the next one when guides were edited."""

    def __init__(self, ranker: Ranker, procedures: Procedures | None = None):
        self.ranker = ranker
        self.procedures = procedures or Procedures({})
        self._column = {name: i for i, name in enumerate(ranker.names) if is_bundle(name)}
        self._kinds = {name.removeprefix(MARK): i for i, name in enumerate(ranker.names) if is_kind(name)}
        self._kinds.pop(DIALOGUE, None)
        self.rank = lru_cache(maxsize=512)(self._rank)

    def of(self, files: Files) -> Services:
        """The services of these guides: machines of changed ones are learned anew, at once."""
        teach(files.bundles)
        return Services(self.ranker.learn(examples(files.bundles)), Procedures.of(files))

    def _rank(self, text: str) -> Ranking:
        scores, names, calibration = self.ranker.scores(text), self.ranker.names, self.ranker.calibration
        shares, nobody = calibration.shares(names, scores, len(text))
        possible = np.flatnonzero(shares)
        order = possible[np.argsort(-shares[possible], kind="stable")].tolist()
        candidates = tuple(Candidate(names[i], float(shares[i])) for i in order)
        return Ranking(candidates, nobody, calibration.is_twofold(names, scores), scores)

    def decide(self, text: str) -> Decision:
        """What to do with a request: take it, offer choices, take several, or refuse it. Any text gets a decision."""
        wish = _DENIED.sub("", simplify(_BLANK.sub(",", text[: 2 * LONGEST]))[:LONGEST])
        if not has_words(wish) or _DONE.search(wish):
            return Decision("reject", nobody=1.0)
        wish = self._without_principal(wish)
        heard = self.rank(wish)
        unnamed = trade(wish) if heard.candidates[0].score < SURE else None
        if unnamed is not None:
            return self._nearest(unnamed, heard)
        several = self._several(wish)
        if len(several) > 1:
            return Decision("multi", tuple(self._explained(c, wish) for c in several), nobody=heard.nobody)
        nobodys = heard.nobody >= self._nobody_from(heard)
        first, *others = heard.candidates[:MOST]
        if not nobodys and first.score >= SURE and not self._another(heard):
            return Decision("match", (self._explained(first, wish), *others), nobody=heard.nobody)
        called = self.procedures.called(wish)
        if called is not None:
            return self._having(called, heard)
        if nobodys:
            return Decision("reject", scope=self._scope(heard), nobody=heard.nobody, perhaps=_perhaps(heard))
        offered = [first, *others[:1], *(c for c in others[1:] if c.score >= POSSIBLE)]
        return Decision("choose", tuple(self._explained(c, wish) for c in offered), nobody=heard.nobody)

    def _another(self, heard: Ranking) -> bool:
        """Whether a second bundle could be meant as well as the first."""
        if len(heard.candidates) < 2:
            return False
        second = heard.candidates[1]
        twofold = heard.twofold >= TWOFOLD and heard.scores[self._column[second.bundle]] >= SECOND
        return second.score >= RIVAL or bool(twofold)

    def _nobody_from(self, heard: Ranking) -> float:
        """The probability from which on a text is nobody's business, by what the first bundle's machine says."""
        first = heard.candidates[0].bundle
        said = heard.scores[self._column[first]]
        if said > NEW_CLAIMS and first in self.ranker.new:
            return NOBODY_NEW
        return NOBODY

    def _without_principal(self, wish: str) -> str:
        """The wish without whom it is for (替张大爷, 我是村里代办员), or with some of it: whatever is clearest."""
        told = [wish]
        while principal := on_behalf(told[-1]):
            shorter = told[-1].replace(principal[1], "", 1).strip(",。 ")
            if len(shorter) < 2:
                break
            told.append(shorter)
        return max(told, key=lambda words: self.rank(words).candidates[0].score)

    def _scope(self, heard: Ranking) -> str:
        """The kind of out of scope that a text resembles most; other_service where it resembles none."""
        kind = max(self._kinds, key=lambda k: heard.scores[self._kinds[k]], default="other_service")
        return kind if kind in self._kinds and heard.scores[self._kinds[kind]] >= LIKE_A_KIND else "other_service"

    def _having(self, called: Called, heard: Ranking) -> Decision:
        """A procedure called by its name: the bundles that have it, the likeliest first."""
        chances = {c.bundle: c.score for c in heard.candidates}
        known = [b for b in called.bundles if b in self._column]
        best = sorted(known, key=lambda b: -heard.scores[self._column[b]])[:MOST]
        candidates = tuple(Candidate(b, chances.get(b, 0.0)) for b in best)
        return Decision("choose", candidates, nobody=heard.nobody, procedure=called.name)

    def _nearest(self, unnamed: Trade, heard: Ranking) -> Decision:
        """A trade without a guide: the nearest ones, and the general way to open a business."""
        chances = {c.bundle: c.score for c in heard.candidates}
        likely = (c.bundle for c in heard.candidates if c.score >= RIVAL)
        names = dict.fromkeys((*unnamed.nearest, *likely, "open_sole_trader", "open_company"))
        known = [n for n in names if n in self.ranker.names][:MOST]
        candidates = tuple(Candidate(n, chances.get(n, 0.0)) for n in known)
        return Decision("choose", candidates, nobody=heard.nobody, trade=unnamed.name)

    def _several(self, text: str) -> list[Candidate]:
        """The wishes of a message that has more than one; else at most one."""
        parts = list(dict.fromkeys(_parts(text)))
        if not 2 <= len(parts) <= MOST_PARTS or len(text) > LONGEST_SEVERAL:
            return []
        whole = self.rank(text)
        found: dict[str, _Wish] = {}
        for part in parts:
            heard = self.rank(part)
            best = heard.candidates[0]
            if best.score >= PART and heard.nobody < NOBODY:
                column = self._column[best.bundle]
                wish = _Wish(best, float(heard.scores[column]), float(whole.scores[column]))
                found[best.bundle] = max(wish, found.get(best.bundle, wish), key=lambda w: w.in_part)
        likeliest, more = whole.candidates[0].bundle, bool(_MORE.search(text))
        while likeliest in found and len(found) > 1:
            if _several_odds(list(found.values()), more) >= log(SEVERAL / (1 - SEVERAL)):
                break
            del found[min(found, key=lambda name: (name == likeliest, found[name].in_whole))]
        if likeliest not in found:
            return []
        # Unless words tell that there is more than one, it is begun with what is surest.
        wishes = list(found.values()) if more else sorted(found.values(), key=lambda wish: -wish.in_whole)
        return [wish.candidate for wish in wishes]

    def _explained(self, candidate: Candidate, text: str) -> Candidate:
        return Candidate(candidate.bundle, candidate.score, self.words(candidate.bundle, text))

    def words(self, bundle: str, text: str, most: int = 4) -> tuple[str, ...]:
        """The words of a request that speak for a bundle, in the order of the text."""
        shares = self.ranker.speaks_for(text, bundle)
        words = [w for w in dict.fromkeys(jieba.lcut(plain(text))) if len(w) > 1 and w not in _EMPTY]
        spoken = {w: sum(shares.get(part, 0.0) for part in (f"w:{w}", *_pieces(w))) for w in words}
        best = sorted((w for w in words if spoken[w] > 0), key=lambda w: -spoken[w])[:most]
        return tuple(w for w in words if w in best)


def _perhaps(heard: Ranking) -> str | None:
    """The one bundle that a text would be about if it were somebody's business after all; None if that is hopeless."""
    first = heard.candidates[0]
    meant = heard.nobody < PERHAPS and first.score >= SURE * (1 - heard.nobody)
    return first.bundle if meant else None


def _pieces(word: str) -> list[str]:
    """The characters of a word in twos and threes."""
    return [word[i : i + n] for n in (2, 3) for i in range(len(word) - n + 1)]


def teach(files: Mapping[str, BundleFile]) -> None:
    """Give jieba the guides' names as words, so that it does not cut them up."""
    new = 0
    for file in files.values():
        for name in (file.say, *file.official_names):
            for word in re.findall(r"[一-鿿]{2,6}", re.sub(r"一件事|我要|办理|[“”]", " ", simplify(name))):
                if word not in _taught:
                    _taught.add(word)
                    jieba.add_word(word)
                    new += 1
    if new:
        features.cache_clear()


_taught: set[str] = set()


def model_file(models: Path) -> Path:
    """Where the ranker stands, or will stand."""
    return models / f"services-{ranking.fingerprint()}.npz"


def train(models: Path, bundles: Mapping[str, BundleFile], *, force: bool = False) -> bool:
    """Learn everything from these guides and the requests, and store it; False when that was done already.

    Rankers of older code in the folder are deleted.
    """
    teach(bundles)
    file, learned = model_file(models), examples(bundles)
    stored = None if force else _stored(file)
    if stored is not None and set(stored.examples) == set(learned):
        return False
    ranking.train(learned).save(file)
    for old in models.glob("services-*.npz"):
        if old != file:
            old.unlink()
    return True


def load(models: Path, files: Files) -> Services:
    """The services of these guides from the stored ranker; trained first where there is none.

    What was edited since it was trained is learned at once.
    """
    stored = _stored(model_file(models))
    if stored is None:
        train(models, files.bundles, force=True)
        stored = Ranker.load(model_file(models))
    return Services(stored).of(files)


def _stored(file: Path) -> Ranker | None:
    try:
        return Ranker.load(file)
    except (OSError, KeyError, ValueError):
        return None


_shared: list[Services] = []


def shared() -> Services:
    """The services of this process: those that `use` gave, or else of the delivered guides."""
    if not _shared:
        from os import environ

        root = Path(__file__).parent.parent
        use(load(Path(environ.get("GUIDE_MODELS") or root / "models"), Reader().read()))
    return _shared[0]


def use(services: Services) -> None:
    """From now on these answer: called when a guide was edited."""
    _shared[:] = [services]
