"""Places and what is done differently there: overlays on the national base, by GB/T 2260 code."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, validator

from knowledge.model import Changes, Item, Paper, Strict

#: Identity papers are looked at and never promised or brought later.
_IDENTITY = ("居民身份证", "居民户口簿", "营业执照")


class Way(Strict):
    """做法: something special of a place, in one plain sentence, and where it is shown."""

    id: str
    title: str
    text: str
    bundles: tuple[str, ...] | Literal["all"] = "all"
    needs: str = "always"
    only: tuple[str, ...] = ()
    source: str | None = None
    verify: str | None = None

    def concerns(self, bundle: str) -> bool:
        """Whether the way can be shown with this bundle."""
        return self.bundles == "all" or bundle in self.bundles


class ServicePoint(Strict):
    """就近可办: a kind of place one can go to."""

    kind: str
    text: str


class Exemption(Strict):
    """免提交 here although the national base asks for it."""

    papers: tuple[str, ...] | Literal["government_proofs"]
    by: str
    reason: str

    def covers(self, paper: Paper, issuer: str) -> bool:
        """Whether the rule exempts this paper; government_proofs are the 证明 that government itself issues."""
        if self.papers == "government_proofs":
            return issuer == "政府核发" and paper.name.endswith("证明")
        return paper.name in self.papers


class Deferral(Strict):
    """容缺: which papers may come later, on whose word, by when, and the slip that is written."""

    papers: tuple[str, ...] | Literal["minor"]
    by: str
    due: str
    document: str = "容缺受理单"
    except_: tuple[str, ...] = Field((), alias="except")

    def reason(self) -> str:
        """Said beside the paper."""
        return f"{self.by},可以{self.due}补交(开《{self.document}》)"


class Commitment(Strict):
    """告知承诺制: eligible procedures, what is excluded, and the letter that is signed."""

    procedures: Literal["eligible"] | tuple[str, ...] = "eligible"
    except_domains: tuple[str, ...] = ()
    except_: tuple[str, ...] = Field((), alias="except")
    document: str = "告知承诺书"
    due: str = ""

    def allows(self, procedure: str, commitment: bool) -> bool:
        """Whether a procedure may be handled on the applicant's written promise here."""
        if procedure in self.except_:
            return False
        return commitment if self.procedures == "eligible" else procedure in self.procedures

    def reason(self, paper: Paper, procedure: str, commitment: bool) -> str:
        """Said beside a paper that may be promised instead of brought; empty where it may not.

        Only papers that may come later anyway are promised: the main conditions must be met on the day.
        """
        own_words = paper.form in ("申请表", "承诺书")
        if own_words or not paper.deferrable or paper.exempt_by or not self.allows(procedure, commitment):
            return ""
        return f"可以签《{self.document}》先办,{self.due or '在承诺的日期前补齐'}"


class Agents(Strict):
    """帮办代办: who helps, which papers are written, how results are sent."""

    offered: bool = True
    text: str
    documents: tuple[str, ...] = ()
    courier: str | None = None


class BundleHere(Strict):
    """What a place changes in one bundle."""

    title: str | None = None
    lead_department: str | None = None
    start_at: tuple[str, ...] = ()
    items: dict[str, Changes] = {}
    extra_items: tuple[Item, ...] = ()


class Region(Strict):
    """One place. Inherits from the places whose code it begins with."""

    code: str
    name: str
    short: str
    source: str = ""
    hours: str | None = None
    phone: str | None = None
    ways: tuple[Way, ...] = ()
    service_points: tuple[ServicePoint, ...] = ()
    procedures: dict[str, Changes] = {}
    bundles: dict[str, BundleHere] = {}
    exempt: tuple[Exemption, ...] = ()
    exempt_reason: str = ""
    defer: tuple[Deferral, ...] = ()
    commitment: Commitment | None = None
    agents: Agents | None = None

    @validator("code")
    def _six_digits(cls, value: str) -> str:
        if len(value) != 6 or not value.isdigit():
            raise ValueError("行政区划代码是 6 位数字(GB/T 2260),要加引号")
        return value

    def exempts(self, paper: Paper, issuer: str) -> Exemption | None:
        """The rule by which this paper need not be handed in here, if it is not exempt anyway."""
        if paper.exempt_by:
            return None
        return next((rule for rule in self.exempt if rule.covers(paper, issuer)), None)

    def defers(self, paper: Paper, issuer: str, procedure: str) -> Deferral | None:
        """The rule by which this paper may come later here. Papers that are exempt need no deferral."""
        if paper.exempt_by or paper.deferrable:
            return None
        for rule in self.defer:
            if procedure in rule.except_:
                continue
            if (rule.papers == "minor" and _minor(paper, issuer)) or paper.name in rule.papers:
                return rule
        return None


def _minor(paper: Paper, issuer: str) -> bool:
    """次要件: not issued by government, not the form, not a promise, not what shows who one is."""
    return issuer != "政府核发" and paper.form not in ("申请表", "承诺书") and paper.name not in _IDENTITY


def lineage(code: str) -> tuple[str, ...]:
    """The codes a place inherits from, province first, itself last.

    >>> lineage("510114")
    ('510000', '510100', '510114')
    """
    return tuple(dict.fromkeys((code[:2] + "0000", code[:4] + "00", code)))
