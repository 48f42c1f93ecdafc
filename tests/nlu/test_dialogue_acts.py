from __future__ import annotations

import doctest
from pathlib import Path

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu import components, dialogue_acts
from nlu.dialogue_acts import DialogueActs

EXAMPLES = {
    "ask_fee": ["要多少钱", "收费吗", "费用是多少", "贵不贵"],
    "ask_time": ["要多久", "几天能办好", "多长时间", "什么时候办完"],
    "deny": ["没有", "不是", "不用", "没办"],
}
TEXTS = [text for texts in EXAMPLES.values() for text in texts]
ACTS = [act for act, texts in EXAMPLES.items() for _ in texts]


@pytest.fixture(scope="module")
def learned() -> DialogueActs:
    return DialogueActs.learn(TEXTS, ACTS)


def test_example() -> None:
    assert doctest.testmod(dialogue_acts).failed == 0


def test_what_was_learned_is_known(learned: DialogueActs) -> None:
    assert [learned.rank(text)[0][0] for text in TEXTS] == ACTS


@pytest.mark.parametrize(
    ("text", "act"), [("这个要多少钱啊", "ask_fee"), ("多久能办好", "ask_time"), ("没有办", "deny")]
)
def test_what_is_near_is_recognised(learned: DialogueActs, text: str, act: str) -> None:
    assert learned.rank(text)[0][0] == act


@pytest.mark.parametrize("text", ["要多少钱", "xyz", "。", "好" * 500])
def test_probabilities_fall_and_add_up_to_one(learned: DialogueActs, text: str) -> None:
    ranked = [likely for _, likely in learned.rank(text)]
    assert ranked == sorted(ranked, reverse=True)
    assert sum(ranked) == pytest.approx(1)


def test_the_same_as_scikit_learn_says(learned: DialogueActs) -> None:
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    def vector(text: str) -> dict[str, float]:
        grams = dialogue_acts.characters(text)
        return {gram: len(grams) ** -0.5 for gram in grams}

    vectors = DictVectorizer()
    known = vectors.fit_transform(map(vector, TEXTS))
    model = LogisticRegression(C=dialogue_acts.C, class_weight="balanced", max_iter=1000).fit(known, ACTS)
    for text in (*TEXTS, "这个要多少钱啊"):
        theirs = dict(zip(model.classes_, model.predict_proba(vectors.transform([vector(text)]))[0], strict=True))
        assert dict(learned.rank(text)) == pytest.approx(theirs, abs=1e-3)


def test_saved_and_read_again(learned: DialogueActs, tmp_path: Path) -> None:
    learned.save(tmp_path / "acts.npz")
    assert DialogueActs.load(tmp_path / "acts.npz").rank("要多少钱") == learned.rank("要多少钱")


def test_two_acts_are_too_few() -> None:
    with pytest.raises(ValueError, match="three"):
        DialogueActs.learn(["好", "不"], ["affirm", "deny"])


def test_the_component_learns_stores_and_sets_the_intent(tmp_path: Path) -> None:
    storage, resource = LocalModelStorage(tmp_path), Resource("acts")
    context = ExecutionContext(GraphSchema({}))
    examples = [Message.build(text=text, intent=act) for text, act in zip(TEXTS, ACTS, strict=True)]
    components.DialogueActs.create({}, storage, resource, context).train(TrainingData(examples))
    message, empty = Message(data={"text": "要多少钱"}), Message(data={"text": ""})
    components.DialogueActs.load({}, storage, resource, context).process([message, empty])
    assert message.get("intent") == message.get("intent_ranking")[0]
    assert message.get("intent")["name"] == "ask_fee"
    assert {"intent", "intent_ranking"} <= message.as_dict(only_output_properties=True).keys()
    assert empty.get("intent") is None
