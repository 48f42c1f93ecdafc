"""Keeps Rasa's and TensorFlow's start-up noise and telemetry away."""

from __future__ import annotations

import logging
import os
import warnings

_show = warnings.showwarning


def begin() -> None:
    """Call before importing anything of theirs: no telemetry, no GPU search, and silence until `hush`.

    Their imports warn through the root logger and reset the warning filters, so both are cut off as a whole.
    """
    os.environ.update(
        RASA_TELEMETRY_ENABLED="false",
        TF_CPP_MIN_LOG_LEVEL="3",
        TF_ENABLE_ONEDNN_OPTS="0",
        CUDA_VISIBLE_DEVICES="-1",
        SQLALCHEMY_SILENCE_UBER_WARNING="1",
        LOG_LEVEL=os.environ.get("LOG_LEVEL", "ERROR"),
        LOG_LEVEL_LIBRARIES="ERROR",
    )
    logging.disable(logging.WARNING)
    warnings.showwarning = lambda *args, **kwargs: None


def hush() -> None:
    """Call once the libraries are imported: silences their loggers and lets everybody else's be heard again.

    structlog renders every debug line before it is dropped unless told to filter early: that costs milliseconds a turn.
    """
    import structlog

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR), cache_logger_on_first_use=True
    )
    for name in ("rasa", "tensorflow", "apscheduler", "matplotlib", "asyncio", "jieba", "rasa_sdk"):
        logging.getLogger(name).setLevel(logging.ERROR)
    logging.disable(logging.NOTSET)
    warnings.simplefilter("ignore")
    warnings.showwarning = _show
