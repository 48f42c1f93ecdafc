"""The shapes of the guide files: what an editor may write, and nothing else."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Extra, Field, StrictBool, StrictStr, root_validator, validator

Kind = Literal["行政许可", "行政确认", "行政给付", "公共服务", "备案", "其他行政权力"]
Level = Literal["国家", "省级", "市级", "县级", "乡镇", "村级"]
PaperForm = Literal["原件", "复印件", "电子", "原件核验", "申请表", "承诺书"]
Issuer = Literal["政府核发", "申请人自备", "第三方出具"]
FieldType = Literal[
    "text", "number", "date", "choice", "multi", "yes_no", "id_card", "uscc", "phone", "address", "bank_account"
]
SituationType = Literal["choice", "multi", "yes_no", "number", "date"]


class Strict(BaseModel):
    """Refuses keys it does not know, so that a misspelt one is an error and not silence."""

    class Config:
        """pydantic's settings."""

        extra = Extra.forbid
        allow_mutation = False
        smart_union = True


class Material(Strict):
    """材料: who issues it (`issuer`), where to get it (`ask_at`), other names for it (`also`)."""

    issuer: Issuer
    ask_at: str = ""
    also: tuple[str, ...] = ()


class Paper(Strict):
    """One material as one procedure asks for it.

    `of` is whose paper it is; `exempt_by` what makes handing it in needless; `one_of` the tag of a group of which
    any one paper is enough; `deferrable` 可容缺后补.
    """

    name: StrictStr
    of: StrictStr
    when: str = "always"
    form: PaperForm
    copies: int = Field(1, ge=1, le=20)
    exempt_by: str | None = None
    deferrable: StrictBool = False
    one_of: str | None = None
    note: str | None = None
    verify: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Papers of the same name and person are the same paper: handed in once."""
        return (self.name, self.of)


class PaperName(Strict):
    """Names a paper of a procedure; without `of`, everybody's."""

    name: StrictStr
    of: str | None = None


class Days(Strict):
    """办理时限. `statutory` is written in law; `usual` is practice and never called 法定; `promised` 0 is on the spot.

    `unit` working (工作日) or calendar (自然日).
    """

    statutory: int | None = Field(None, ge=0)
    usual: int | None = Field(None, ge=0)
    promised: int | None = Field(None, ge=0)
    unit: Literal["working", "calendar"] = "working"

    @property
    def before(self) -> int:
        """Working days that this procedure takes alone, before the reform; 0 where neither law nor practice says."""
        return to_working(self.statutory if self.statutory is not None else self.usual or 0, self.unit)

    @property
    def after(self) -> int:
        """Working days promised now; what law or practice allows where nothing is promised."""
        return to_working(self.promised, self.unit) if self.promised is not None else self.before


def to_working(days: int, unit: str) -> int:
    """Calendar days as working days, five a week, rounded up; working days as they are."""
    return days if unit == "working" else -(-days * 5 // 7)


class Changes(Strict):
    """What a bundle or a region changes in a procedure; absent means unchanged."""

    name: str | None = None
    department: str | None = None
    kind: Kind | None = None
    level: Level | None = None
    days: Days | None = None
    fee: str | None = None
    result: str | None = None
    commitment: StrictBool | None = None
    basis: str | None = None
    note: str | None = None
    verify: str | None = None
    source: str | None = None
    without: tuple[PaperName, ...] = ()
    with_: tuple[Paper, ...] = Field((), alias="with")


class Procedure(Strict):
    """事项: one department's own procedure, written once."""

    id: StrictStr
    name: StrictStr
    department: StrictStr
    kind: Kind
    level: Level
    days: Days
    fee: StrictStr
    result: StrictStr
    commitment: StrictBool
    basis: StrictStr
    note: str | None = None
    verify: str | None = None
    source: str | None = None
    materials: tuple[Paper, ...]


class Option(Strict):
    """One answer to choose: its id in conditions and its label for people."""

    id: StrictStr
    label: StrictStr


class Situation(Strict):
    """情形: what the guide must know about the applicant. `said_as` is how people state an answer unasked."""

    id: StrictStr
    ask: StrictStr
    type: SituationType
    unit: str | None = None
    options: tuple[Option, ...] = ()
    needed_when: str = "always"
    said_as: dict[str, tuple[str, ...]] = {}
    why: str | None = None

    @root_validator(skip_on_failure=True)
    def _options_fit_the_type(cls, values: dict[str, Any]) -> dict[str, Any]:
        if (values["type"] in ("choice", "multi")) != bool(values["options"]):
            raise ValueError("choice 和 multi 要有 options,其他类型不能有")
        if len({o.id for o in values["options"]}) != len(values["options"]):
            raise ValueError("options 里有重复的 id")
        return values

    @validator("said_as", pre=True)
    def _texts(cls, value: Any) -> Any:
        return {str(k): tuple(str(x) for x in v) for k, v in value.items()} if isinstance(value, dict) else value

    def label(self, value: Any) -> str:
        """An answer in words, for people.

        >>> Situation(id="agent", ask="?", type="yes_no").label(True)
        '是'
        """
        if value is None:
            return "不确定"
        if self.type == "yes_no":
            return "是" if value else "否"
        labels = {o.id: o.label for o in self.options}
        if self.type == "multi":
            return "、".join(labels.get(v, str(v)) for v in value) or "都没有"
        if self.type == "choice":
            return labels.get(value, str(value))
        return f"{value:g}{self.unit or ''}" if isinstance(value, float) else f"{value}{self.unit or ''}"


class Item(Strict):
    """A procedure as part of a bundle: when it applies, what it waits for, what differs here."""

    id: StrictStr
    procedure: StrictStr
    when: str = "always"
    after: tuple[str, ...] = ()
    given: dict[str, str] = {}
    changes: Changes = Field(default_factory=lambda: Changes.parse_obj({}))

    @validator("given", pre=True)
    def _expressions(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return {k: {True: "true", False: "false"}.get(v, v) if isinstance(v, bool) else v for k, v in value.items()}
        return value


class FormField(Strict):
    """数据元: one element of the single form, the items that need it, and where it can be read off (`from`)."""

    id: StrictStr
    label: StrictStr
    type: FieldType
    options: tuple[str, ...] = ()
    items: tuple[str, ...] | Literal["all"]
    from_: str = Field("ask", alias="from")


class Figure(Strict):
    """A published before/after result. `code` is the place whose ways apply, `count` how ours is counted to compare
    (see knowledge/figures.py)."""

    region: str
    code: str | None = None
    what: str
    before: float | None = None
    after: float | None = None
    unit: str = ""
    source: str
    count: str | None = None
    note: str | None = None


class Faq(Strict):
    """A question people ask about the bundle, with 依据."""

    q: str
    a: str
    basis: str | None = None
    verify: str | None = None


class SourceOf(Strict):
    """Where a fact comes from: a statute by name or a page by address."""

    kind: Literal["statute", "page"]
    name: str | None = None
    url: str | None = None
    region: str | None = None
    note: str | None = None
    verify: str | None = None


class BundleFile(Strict):
    """一件事, as its file says it."""

    id: StrictStr
    name: StrictStr
    say: StrictStr
    audience: Literal["individual", "enterprise"]
    stage: StrictStr
    lead_department: StrictStr
    summary: StrictStr
    origin: str
    confidence: Literal["sourced", "statute", "typical"]
    official_names: tuple[str, ...]
    effective: str | None = None
    expires: str | None = None
    verify: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    full_scale: dict[str, Any] = {}
    situations: tuple[Situation, ...]
    items: tuple[Item, ...]
    form: tuple[FormField, ...]
    figures: tuple[Figure, ...]
    faq: tuple[Faq, ...]
    sources: tuple[SourceOf, ...]
