"""What a form takes over from the first filling of a case, so that it is not asked again.

An item marked ``rk:prefill="awal:<item>"`` bears the answer that ``<item>`` got the first time. The
server sets it, whatever a page or a phone sent there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from rangkul.assessments import queries
from rangkul.assessments.answers import Answers
from rangkul.assessments.form import Form
from rangkul.assessments.models import FormVersion, Submission
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor

_FIRST: Final = "awal:"


def sources(form: Form) -> dict[str, str]:
    """Path of an item that is taken over → key of the item whose first answer it bears."""
    keys = {item.name: form.key(item.path) for item in form.items.values()}
    return {
        item.path: keys[marked.removeprefix(_FIRST)]
        for item in form.items.values()
        if (marked := item.own.get("prefill", "")).startswith(_FIRST)
        and marked.removeprefix(_FIRST) in keys
    }


def first_filling(
    actor: Actor, case_id: int, code: str, *, without: UUID | None = None
) -> Submission | None:
    """The case's earliest filling of a form, or ``None``."""
    custody.get_access(actor, case_id)
    found = queries.fillings_of(case_id, code)
    if without is not None:
        found = found.exclude(id=without)
    return found.order_by("happened_at", "entered_at").first()


def of_case(
    actor: Actor, case_id: int, row: FormVersion, *, without: UUID | None = None
) -> dict[str, str]:
    """Path → what is taken over, blank where there is nothing yet. Nobody is shown it by this."""
    form = queries.read_form(row).form
    wanted = sources(form)
    if not wanted:
        return {}
    first = first_filling(actor, case_id, row.code, without=without)
    answers = queries.unseal_answers(first) if first is not None else Answers.of({})
    return {path: answers.one(key) for path, key in wanted.items()}


def written_into(xform: str, form: Form, values: Mapping[str, str]) -> str:
    """A form whose blank filling bears these values: the engine begins with them."""
    for path, text in values.items():
        name = form.items[path].name
        if text.isalnum():
            xform = xform.replace(f"<{name}/>", f"<{name}>{text}</{name}>", 1)
    return xform


def shown(answers: Answers, form: Form) -> dict[str, str]:
    """Path → value of what a filling hands on, from answers that were opened to be read."""
    return {path: answers.one(key) for path, key in sources(form).items() if answers.one(key)}
