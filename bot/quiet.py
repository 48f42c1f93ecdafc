"""Keeps Rasa's and TensorFlow's start-up noise and telemetry away. Import this before anything of theirs."""

from __future__ import annotations

import logging
import os
import warnings

os.environ.update(
    RASA_TELEMETRY_ENABLED="false",
    TF_CPP_MIN_LOG_LEVEL="3",
    TF_ENABLE_ONEDNN_OPTS="0",
    CUDA_VISIBLE_DEVICES="-1",
    SQLALCHEMY_SILENCE_UBER_WARNING="1",
    LOG_LEVEL=os.environ.get("LOG_LEVEL", "ERROR"),
    LOG_LEVEL_LIBRARIES="ERROR",
)
# Their imports warn through the root logger and reset warning filters; both are silent until `hush`.
logging.disable(logging.WARNING)
_show = warnings.showwarning
warnings.showwarning = lambda *args, **kwargs: None


def hush() -> None:
    """Call once the libraries are imported: silences their loggers and lets everybody else's be heard again.

    structlog renders every debug line before it is dropped unless told to filter early: that costs milliseconds a turn.
    """
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    for name in ("rasa", "tensorflow", "apscheduler", "matplotlib", "asyncio", "jieba", "rasa_sdk"):
        logging.getLogger(name).setLevel(logging.ERROR)
    logging.disable(logging.NOTSET)
    warnings.simplefilter("ignore")
    warnings.showwarning = _show
