"""The register of processing (UU 27/2022 art. 31), worked out from the code that processes.

Which tables hold what of whom is read off each model's ``Privacy``; why, on what ground, for whom
and for how long stands here, by package. A package without its line is a fault of the register.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Final

from django.apps import apps
from django.db import models

from rangkul.reference import release


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why a package processes, of whom, on which ground, for whom, and how long."""

    why: str
    whose: str
    ground: str
    recipients: str
    kept: str


_FILE: Final = "as the case file (masa_simpan)"
_CONSENT: Final = (
    "consent (20(2)a); legal duty, vital interest or public task by article (20(2)c–e)"
)
_TASK: Final = "public task (20(2)e)"
_DUTY: Final = "legal duty (20(2)c)"

PURPOSES: Final[Mapping[str, Purpose]] = MappingProxyType({
    "people": Purpose("know whom one helps, find her again", "survivors, kin, suspects", _TASK,
                      "agencies with live access to the case", _FILE),
    "cases": Purpose("help: what happened, plan, notes, documents", "survivors", _TASK,
                     "agencies with live access to the case", _FILE),
    "assessments": Purpose("judge danger and needs", "survivors (health, children)", _TASK,
                           "agencies with live access to the case", _FILE),
    "consent": Purpose("prove on what ground something was shared", "survivors, guardians", _DUTY,
                       "agencies with live access to the case", _FILE),
    "custody": Purpose("who holds a case, who may see it", "survivors by number, staff", _TASK,
                       "agencies with live access; reviewers", _FILE),
    "reports": Purpose("take in every report", "survivors, reporters", _DUTY,
                       "the agency that took it; the case it became",
                       "as the case file; without a case laporan_tanpa_kasus"),
    "referrals": Purpose("ask another desk for a service", "survivors", _CONSENT,
                         "the one receiving desk, by packet", "packet: 30 days after the outcome, "
                         "until consent is withdrawn, or declined; its key is destroyed"),
    "conferences": Purpose("plan together across agencies", "survivors", _CONSENT,
                           "agencies at the table, each what it was shown", _FILE),
    "shelter": Purpose("keep somebody safe", "residents (health, children)", _TASK,
                       "the house alone; its address nobody", _FILE),
    "repatriation": Purpose("bring somebody home and look after her", "survivors", _TASK,
                            "each end of each stretch, its own only", _FILE),
    "tidings": Purpose("let a survivor read, write and withdraw by a code of her own",
                       "survivors", _CONSENT, "agencies with live access to the case",
                       "a code until it ends, 365 days at most; messages " + _FILE),
    "clocks": Purpose("keep deadlines", "survivors by number, staff", _TASK, "own agency", _FILE),
    "alerts": Purpose("call those who are late", "staff", _TASK, "the person called", "2 years"),
    "network": Purpose("know desks, duty, agreements", "staff", _TASK, "staff of all agencies",
                       "as long as the agency stands"),
    "accounts": Purpose("let staff in, and nobody else", "staff", _TASK, "agency admins",
                        "until the account ends"),
    "api": Purpose("let machines of agencies in", "staff", _TASK, "agency admins",
                   "answers 24 hours; tokens until they end"),
    "field": Purpose("fill in forms far from a signal", "survivors (sealed), staff", _TASK,
                     "the agency whose phone sent it",
                     "fillings until they have a file or are thrown away; phones until they end"),
    "trail": Purpose("answer for every act", "staff; survivors by number", _DUTY,
                     "own auditor; holders of the case", "10 years [local]"),
    "retention": Purpose("answer those whose data these are", "survivors, guardians", _DUTY,
                         "the agency that leads the case", _FILE),
    "exchange": Purpose("give tables without identities to whom a law names",
                        "survivors by number, staff, recipients", _DUTY,
                        "the one recipient to whose key a file is sealed",
                        "the file 24 hours at most; which cases it held as the case file"),
    "foundation": Purpose("wrap the keys of all of this", "nobody by name", _DUTY, "the vault",
                          "until the subject is erased; backups 14 days"),
    "reference": Purpose("areas, codes, procedures", "nobody", "no personal data", "everybody",
                         "always"),
})  # fmt: skip


def described() -> str:
    """The register as Markdown, in the order of the packages."""
    made = [_HEAD]
    for label in sorted({model._meta.app_label for model in _models()}):
        made.append(_of_package(label))
    made.append(_schedule())
    return "\n".join(made)


def _models() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m.__module__.startswith("rangkul.")]


def _of_package(label: str) -> str:
    purpose = PURPOSES[label]
    lines = [
        f"## {label}",
        " · ".join(f"*{name}* {said}" for name, said in asdict(purpose).items()),
        "",
        "| table | sealed | personal |",
        "| --- | --- | --- |",
    ]
    rows = []
    for model in _models():
        kept = vars(model).get("Privacy")
        if model._meta.app_label != label or kept is None:
            continue
        sealed, personal = ", ".join(kept.sealed), ", ".join(kept.personal)
        if sealed or personal:
            rows.append(f"| {model._meta.db_table} | {sealed or '–'} | {personal or '–'} |")
    if not rows:
        return "\n".join([*lines[:2], "", "No table of it holds personal data.", ""])
    return "\n".join([*lines, *sorted(rows), ""])


def _schedule() -> str:
    rows = [
        f"| {code.code} | {code.label_en} | {code.mappings['years']} years after "
        f"{code.mappings['event']} | {code.source} | {code.mark} |"
        for code in release.read_codes("masa_simpan")
    ]
    return "\n".join([
        "## How long (masa_simpan)", "", "| class | what | kept | source | mark |",
        "| --- | --- | --- | --- | --- |", *rows, "",
        _FOOT,
    ])  # fmt: skip


_FOOT: Final = """\
Nothing is erased by time alone: a due list shows what is ripe, one person proposes, another erases,
a legal hold stops both. → [0017](decisions/0017-erased-means-erased.md)
"""
_HEAD: Final = """\
# Register of processing

Written by `rangkul register --write` from the code; `rangkul register --check` fails when it is no
longer true. UU 27/2022 art. 31. What is *sealed* is encrypted under a key of its subject; what is
*personal* stands unsealed behind row security. Columns that are neither say nothing of a person.
Specific data (art. 4): health, children, finances; they are sealed wherever words carry them.
"""
