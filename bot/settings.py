"""Every setting of the guide, from the environment, in one place (docs/operating.md explains each)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
#: Requests and facts that nothing is ever trained on: what `./guide evaluate` reads unless told otherwise.
DEVELOPMENT = ROOT / "tests" / "understand"


@dataclass(frozen=True)
class Settings:
    """How this installation runs. `region` is a GB/T 2260 code or None; `database` a URL; folders are absolute."""

    data: Path
    models: Path
    database: str
    host: str = "127.0.0.1"
    port: int = 8000
    region: str | None = None
    desk_token: str | None = None
    keep_days: int = 365

    @classmethod
    def load(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """The settings from the environment. Raises ValueError with a sentence for the operator."""
        data = Path(environ.get("GUIDE_DATA") or ROOT / "data").resolve()
        port = environ.get("GUIDE_PORT") or "8000"
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise ValueError(f"GUIDE_PORT 要写 1 到 65535 的数字,现在是 {port!r}")
        keep = environ.get("GUIDE_KEEP_DAYS") or "365"
        if not keep.isdecimal() or int(keep) < 1:
            raise ValueError(f"GUIDE_KEEP_DAYS 要写天数,例如 365,现在是 {keep!r}")
        return cls(
            data=data,
            models=Path(environ.get("GUIDE_MODELS") or ROOT / "models").resolve(),
            database=environ.get("DATABASE_URL") or f"sqlite:///{data / 'guide.db'}",
            host=environ.get("GUIDE_HOST") or "127.0.0.1",
            port=int(port),
            region=environ.get("GUIDE_REGION") or None,
            keep_days=int(keep),
            desk_token=environ.get("DESK_TOKEN") or None,
        )
