"""The trained model: made from config, domain and training data, and made again exactly when they change."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from pathlib import Path

from bot import quiet
from bot.settings import ROOT
from knowledge.read import read_yaml

#: What a model is made from. Guides, requests and sentences are not among it: editing them needs no training.
MADE_FROM = (
    "config.yml",
    "domain.yml",
    "bot/rules.yml",
    "nlu/intents.yml",
    "nlu/components.py",
    "nlu/dialogue_acts.py",
    "nlu/text.py",
)
DATA = ("bot/rules.yml", "nlu/intents.yml")


def fingerprint(root: Path = ROOT) -> str:
    """Twelve hexadecimal digits that change whenever anything changes that the model is made from."""
    digest = hashlib.sha256()
    for name in MADE_FROM:
        content = (root / name).read_bytes()
        if name == "domain.yml":
            content = _without_words(content)
        digest.update(name.encode() + b"\0" + content + b"\0")
    return digest.hexdigest()[:12]


def _without_words(domain: bytes) -> bytes:
    """The domain but for its responses: actions/say.py words the replies, so a better sentence needs no training."""
    data = read_yaml(domain.decode("utf-8"), "domain.yml")
    return json.dumps(
        {key: part for key, part in data.items() if key != "responses"}, sort_keys=True, default=str
    ).encode()


def model_file(models: Path, root: Path = ROOT) -> Path:
    """Where the model of the present training data stands, or will stand."""
    return models / f"guide-{fingerprint(root)}.tar.gz"


def is_trained(models: Path) -> bool:
    """Whether the model there matches config, domain and training data."""
    return model_file(models).exists()


def train(models: Path) -> Path:
    """Train the model, replace older ones, and return its file. Raises RuntimeError when Rasa makes none."""

    quiet.begin()
    from rasa.model_training import train as rasa_train

    quiet.hush()
    target = model_file(models)
    models.mkdir(parents=True, exist_ok=True)
    with contextlib.redirect_stdout(io.StringIO()):
        result = rasa_train(
            domain=str(ROOT / "domain.yml"),
            config=str(ROOT / "config.yml"),
            training_files=[str(ROOT / name) for name in DATA],
            output=str(models),
            fixed_model_name=target.stem.removesuffix(".tar") + ".new",
            force_training=True,
        )
    if not result.model:
        raise RuntimeError("没有训练出模型:请看上面 Rasa 报的错,多半是 nlu/intents.yml 或 domain.yml 写错了。")
    Path(result.model).replace(target)
    for old in models.glob("guide-*.tar.gz"):
        if old != target:
            old.unlink()
    return target
