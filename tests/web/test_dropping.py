"""A need leaves the plan with the reason that the desk chose, and with none it stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.translation import override
from tests.people import NOW, Cast
from tests.web.files import number_of, open_file, signed_in

from rangkul.assessments.answers import Answers
from rangkul.cases import operations, queries
from rangkul.cases.models import Need
from rangkul.cases.workflow import DROP_REASONS
from rangkul.clocks import queries as clocks
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.scope import acting

pytestmark = pytest.mark.usefixtures("db")


def _need(cast: Cast, service: str = "medis") -> tuple[str, Need]:
    file = open_file(cast.ratih)
    with acting(cast.ratih):
        need = operations.state_need(
            case_id=file.case_id, words="Ingin diperiksa", service=service, by=cast.ratih, at=NOW
        )
        answers = Answers.of({"waktu_seksual": "kurang_72_jam", "jenis": ["seksual"]})
        operations.record_triage(
            case_id=file.case_id, answers=answers, by=cast.ratih, at=NOW + timedelta(hours=1)
        )
    return number_of(file), need


def _stand(cast: Cast, need: Need) -> tuple[str, str, str]:
    with acting(cast.ratih):
        found = queries.get_need(cast.ratih, need.id)
        window = next(
            c for c in clocks.list_subject(cast.ratih, "case", need.case_id)
            if c.procedure == "medical_window"
        )  # fmt: skip
    return found.state, found.outcome, window.state


@pytest.mark.parametrize("reason", list(DROP_REASONS))
def test_the_chosen_reason_is_kept_and_only_her_wish_ends_the_window(
    cast: Cast, reason: str
) -> None:
    number, need = _need(cast)
    browser = signed_in(cast.ratih)
    sent = {"move": "drop", "outcome": reason}
    answer = browser.post(f"/kasus/{number}/rencana/{need.id}/", sent, follow=True)
    assert answer.status_code == 200
    by_wish = reason == "atas_permintaan"
    assert _stand(cast, need) == ("dropped", reason, "met" if by_wish else "running")
    with override("en"):
        assert str(DROP_REASONS[reason]) in answer.content.decode()


@pytest.mark.parametrize("reason", ["", "lainnya", "served"])
def test_without_a_reason_of_the_list_it_stays(cast: Cast, reason: str) -> None:
    number, need = _need(cast)
    sent = {"move": "drop", "outcome": reason}
    answer = signed_in(cast.ratih).post(f"/kasus/{number}/rencana/{need.id}/", sent, follow=True)
    assert "Please choose why it is dropped" in answer.content.decode()
    assert _stand(cast, need) == ("planned", "", "running")
    with acting(cast.ratih), pytest.raises(InvalidInput):
        operations.set_need_state(
            need_id=need.id, move="drop", outcome=reason, by=cast.ratih, at=NOW
        )


def test_another_move_takes_no_reason_along(cast: Cast) -> None:
    number, need = _need(cast)
    sent = {"move": "run", "outcome": "tidak_aman"}
    signed_in(cast.ratih).post(f"/kasus/{number}/rencana/{need.id}/", sent)
    assert _stand(cast, need) == ("running", "", "running")
