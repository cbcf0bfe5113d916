"""The reference pages: everyone reads by what is counted, the keeper alone changes it, trailed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.clients import Client
from tests.people import NASIONAL, Cast
from tests.rows import as_owner
from tests.web.files import open_file, signed_in

from rangkul.desk import wording
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.reference import operations
from rangkul.reference import queries as reference
from rangkul.reference.models import CalendarOverride, Code, Confirmation, ProcedureOverride
from rangkul.trail.models import Act

pytestmark = pytest.mark.usefixtures("db")

TODAY = timezone.localdate()
YEAR = TODAY.year
# A local rule, a rule of law, and the one that nobody has read in a source.
LOCAL, LAW, UNSURE = "report_follow_up", "police_report_tpks", "first_response_low"
DAY = {
    "day": f"{YEAR}-11-25", "is_working": "0", "area": "Kota Semarang", "note": "Hari Uji Kota",
    "source": "SE Walikota 9/2026",
}  # fmt: skip
LENGTH = {
    "kind": "working_days", "amount": "2", "unit": "days", "area": "Jawa Tengah",
    "valid_from": TODAY.isoformat(), "source": "Pergub Uji 4/2026",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _read_anew() -> Iterator[None]:
    """What a page remembers of the procedures dies with the test that changed them."""
    wording.forget_rules()
    yield
    wording.forget_rules()


def said(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def acts_of(actor: Actor, name: str) -> list[Act]:
    with acting(actor):
        return list(Act.objects.filter(name=name))


# -- days -------------------------------------------------------------------------------------


def test_a_day_is_set_for_an_area_seen_by_all_and_taken_back(cast: Cast) -> None:
    keeper = signed_in(cast.hendra)
    answer = keeper.post(reverse("reference-day-set"), DAY)
    assert answer.status_code == 302, answer.content.decode()
    row = CalendarOverride.objects.get()
    assert (row.area_id, row.date, row.is_working) == ("33.74", date(YEAR, 11, 25), False)
    assert not reference.working_calendar("33.74").is_working(date(YEAR, 11, 25))

    page = said(signed_in(cast.ratih), "reference-days", tahun=str(YEAR))
    assert "Hari Uji Kota" in page
    assert "SE Walikota 9/2026" in page
    assert reverse("reference-day-clear") not in page
    # In another city it does not hold; in a district of this one it does.
    assert "Hari Uji Kota" not in said(keeper, "reference-days", wilayah="Kota Kupang")
    district = reference.list_areas(kind="district", within="33.74")[0].full_name
    assert "Hari Uji Kota" in said(keeper, "reference-days", wilayah=district)

    sent = {"day": f"{YEAR}-11-25", "area": "33.74"}
    assert keeper.post(reverse("reference-day-clear"), sent).status_code == 302
    assert not CalendarOverride.objects.exists()
    assert keeper.post(reverse("reference-day-clear"), sent).status_code == 404
    (set_act,) = acts_of(cast.hendra, "reference.calendar_corrected")
    assert set_act.subject_id == f"33.74/{YEAR}-11-25"
    assert len(acts_of(cast.hendra, "reference.calendar_correction_cleared")) == 1


def test_a_national_holiday_that_is_worked_says_so(cast: Cast) -> None:
    keeper = signed_in(cast.hendra)
    assert "worked all the same" not in said(keeper, "reference-days", tahun=str(YEAR))
    worked = DAY | {"day": f"{YEAR}-08-17", "is_working": "1", "area": "", "note": "Tetap buka"}
    assert keeper.post(reverse("reference-day-set"), worked).status_code == 302
    assert CalendarOverride.objects.get().area_id is None
    assert "worked all the same" in said(keeper, "reference-days", tahun=str(YEAR))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"day": "1999-01-01"}, "too far away"),
        ({"day": "kemarin"}, "id_day_error"),
        ({"area": "Kota Tak Ada Sama Sekali"}, "do not know this area"),
        ({"note": "  "}, "id_note_error"),
        ({"source": ""}, "id_source_error"),
        ({"source": "x" * 241}, "id_source_error"),
        ({"is_working": "2"}, "id_is_working_error"),
        ({"note": "a\x00b"}, "id_note_error"),
    ],
)
def test_a_day_that_cannot_be_kept_comes_back_with_what_was_typed(
    cast: Cast, changes: dict[str, str], words: str
) -> None:
    answer = signed_in(cast.hendra).post(reverse("reference-day-set"), DAY | changes)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    if "source" not in changes:
        assert "SE Walikota 9/2026" in page
    assert not CalendarOverride.objects.exists()


@pytest.mark.parametrize("sent", [{}, {"day": "2026-99-99"}, {"day": "x" * 9, "area": "\x00"}])
def test_taking_back_what_is_no_day_is_not_there(cast: Cast, sent: dict[str, str]) -> None:
    assert signed_in(cast.hendra).post(reverse("reference-day-clear"), sent).status_code == 404


@pytest.mark.parametrize("year", ["", "9" * 500, "0000", "-1", "٢٠٢٦", "abcd"])
def test_an_impossible_year_is_this_one(cast: Cast, year: str) -> None:
    page = said(signed_in(cast.ratih), "reference-days", tahun=year)
    assert f"Corrections in {timezone.now().year}" in page


# -- procedures -------------------------------------------------------------------------------


def test_every_deadline_is_shown_with_value_source_and_mark(cast: Cast) -> None:
    page = said(signed_in(cast.ratih), "reference-procedures")
    for rule in reference.list_rules(on=TODAY):
        assert reverse("reference-procedure", args=[rule.code]) in page
    assert "UU 12/2022 art. 39–41" in page
    assert "72 hours" in page
    assert "not confirmed yet" in page
    assert "at once, within 15 minutes" in page


def test_a_local_length_is_given_to_an_area_and_taken_back(cast: Cast) -> None:
    keeper = signed_in(cast.hendra)
    before = reference.get_rule(LOCAL, on=TODAY, area="33.74").amount
    answer = keeper.post(reverse("reference-procedure-change", args=[LOCAL]), LENGTH)
    assert answer.status_code == 302, answer.content.decode()
    row = ProcedureOverride.objects.get()
    assert (row.area_id, row.amount, row.kind) == ("33", 2, "working_days")
    assert reference.get_rule(LOCAL, on=TODAY, area="33.74").amount == 2 != before
    assert reference.get_rule(LOCAL, on=TODAY, area="53.71").amount == before

    page = said(signed_in(cast.ratih), "reference-procedures", wilayah="Kota Semarang")
    assert "Pergub Uji 4/2026" in page
    assert "set by the keeper" in page
    assert "Pergub Uji 4/2026" not in said(keeper, "reference-procedures", wilayah="Kota Kupang")
    own = said(signed_in(cast.ratih), "reference-procedure", LOCAL)
    assert "Pergub Uji 4/2026" in own
    assert reverse("reference-procedure-clear", args=[row.id]) not in own

    away = reverse("reference-procedure-clear", args=[row.id])
    assert keeper.post(away).status_code == 302
    assert reference.get_rule(LOCAL, on=TODAY, area="33.74").amount == before
    assert keeper.post(away).status_code == 404
    assert len(acts_of(cast.hendra, "reference.procedure_changed")) == 1
    assert len(acts_of(cast.hendra, "reference.procedure_change_cleared")) == 1


def test_the_length_that_a_law_sets_has_no_form_and_is_refused(cast: Cast) -> None:
    keeper = signed_in(cast.hendra)
    page = said(keeper, "reference-procedure", LAW)
    assert reverse("reference-procedure-change", args=[LAW]) not in page
    assert "it is the same everywhere" in page
    answer = keeper.post(reverse("reference-procedure-change", args=[LAW]), LENGTH)
    assert answer.status_code == 422
    assert "set by law" in answer.content.decode()
    assert not ProcedureOverride.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "9" * 5000}, "amount"),
        ({"unit": "months"}, "unit"),
        ({"kind": "lunar"}, "kind"),
        ({"valid_from": "2999-12-31"}, "valid_from"),
        ({"valid_from": "2020-01-01"}, ""),
        ({"source": " "}, "source"),
    ],
)
def test_a_length_that_is_none_is_refused_beside_its_field(
    cast: Cast, changes: dict[str, str], field: str
) -> None:
    address = reverse("reference-procedure-change", args=[LOCAL])
    answer = signed_in(cast.hendra).post(address, LENGTH | changes)
    if not field:
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    assert f"id_{field}_error" in answer.content.decode()
    assert not ProcedureOverride.objects.exists()


def test_a_procedure_that_is_none_is_not_there(cast: Cast) -> None:
    keeper = signed_in(cast.hendra)
    assert keeper.get(reverse("reference-procedure", args=["tidak-ada"])).status_code == 404
    address = reverse("reference-procedure-change", args=["tidak-ada"])
    assert keeper.post(address, LENGTH).status_code == 404


# -- confirming -------------------------------------------------------------------------------


def confirm(client: Client, subject: str, key: str, source: str = "SOP Provinsi Uji 7") -> int:
    sent = {"subject": subject, "key": key, "source": source}
    return client.post(reverse("reference-confirm"), sent).status_code


def test_an_unread_procedure_is_confirmed_and_its_mark_goes_everywhere(cast: Cast) -> None:
    assert wording.procedure_source(UNSURE, TODAY).endswith("belum dikonfirmasi")
    keeper = signed_in(cast.hendra)
    page = said(keeper, "reference-unconfirmed")
    assert f"{UNSURE}/1" in page
    unread = said(keeper, "reference-procedures").count("not confirmed yet")
    assert confirm(keeper, "procedure", f"{UNSURE}/1") == 302
    row = Confirmation.objects.get()
    assert (row.key, row.source) == (f"{UNSURE}/1", "SOP Provinsi Uji 7")
    page = said(signed_in(cast.ratih), "reference-unconfirmed")
    # Lists that came with the law on personal data wait there still, to be read by a jurist.
    assert f"{UNSURE}/1" not in page.partition("SOP Provinsi Uji 7")[0]
    assert "SOP Provinsi Uji 7" in page
    assert said(keeper, "reference-procedures").count("not confirmed yet") == unread - 1
    assert wording.procedure_source(UNSURE, TODAY).endswith("sudah dikonfirmasi")
    assert len(acts_of(cast.hendra, "reference.confirmed")) == 1


def test_an_unread_code_waits_there_until_it_is_confirmed(cast: Cast) -> None:
    with as_owner() as owner:
        owner.execute(
            "update reference_code set mark = 'unverified' where list_id = 'agama' "
            "and code = (select min(code) from reference_code where list_id = 'agama')"
        )
    try:
        row = Code.objects.get(mark="unverified", list_id="agama")
        keeper = signed_in(cast.hendra)
        assert row.label_en in said(keeper, "reference-unconfirmed")
        assert confirm(keeper, "code", f"agama/{row.code}") == 302
        assert reference.list_confirmed("code") == {f"agama/{row.code}"}
    finally:
        with as_owner() as owner:
            owner.execute("update reference_code set mark = 'local' where list_id = 'agama'")


@pytest.mark.parametrize(
    ("subject", "key"),
    [("procedure", f"{LAW}/1"), ("procedure", "x/9"), ("code", "agama/tidak"), ("", "a/b"),
     ("procedure", "y" * 121)],
)  # fmt: skip
def test_nothing_else_can_be_confirmed(cast: Cast, subject: str, key: str) -> None:
    assert confirm(signed_in(cast.hendra), subject, key) in {404, 422}
    assert not Confirmation.objects.exists()


def test_confirming_without_a_source_is_asked_again(cast: Cast) -> None:
    keeper = signed_in(cast.hendra)
    sent = {"subject": "procedure", "key": f"{UNSURE}/1", "source": " "}
    answer = keeper.post(reverse("reference-confirm"), sent)
    assert answer.status_code == 422
    assert "id_source_error" in answer.content.decode()
    assert not Confirmation.objects.exists()


# -- who may, and where the mark stands ---------------------------------------------------------


def test_only_the_keeper_changes_anything(cast: Cast) -> None:
    doors = {
        reverse("reference-day-set"): DAY,
        reverse("reference-day-clear"): {"day": f"{YEAR}-11-25"},
        reverse("reference-procedure-change", args=[LOCAL]): LENGTH,
        reverse("reference-procedure-clear", args=[1]): {},
        reverse("reference-confirm"): {"subject": "procedure", "key": f"{UNSURE}/1",
                                       "source": "SOP"},
    }  # fmt: skip
    for actor in (cast.sinta, cast.retno, cast.ratih, cast.bagas, cast.wahyuni):
        client = signed_in(actor)
        assert {client.post(door, sent).status_code for door, sent in doors.items()} == {403}
        assert "data-once" not in said(client, "reference-procedure", LOCAL)
    assert not CalendarOverride.objects.exists()
    assert not ProcedureOverride.objects.exists()
    assert not Confirmation.objects.exists()
    assert Client().get(reverse("reference-days")).status_code == 302


def test_what_the_keeper_changes_stands_in_the_nations_trail_alone(cast: Cast) -> None:
    signed_in(cast.hendra).post(reverse("reference-day-set"), DAY)
    (act,) = acts_of(cast.hendra, "reference.calendar_corrected")
    assert (act.agency_id, act.actor_id) == (NASIONAL, cast.hendra.user_id)
    assert acts_of(cast.ratih, "reference.calendar_corrected") == []


def test_the_mark_stands_beside_the_clock_of_a_file(cast: Cast) -> None:
    file = open_file(cast.ratih)
    from rangkul.clocks.models import Clock
    from rangkul.custody.queries import case_number

    with acting(cast.ratih):
        running = set(Clock.objects.filter(case_id=file.case_id, state="running").values_list(
            "procedure", flat=True))  # fmt: skip
        marks = {code: reference.get_rule(code, on=TODAY).mark for code in running}
    local = sorted(code for code, mark in marks.items() if mark == "local")
    assert local, marks
    page = signed_in(cast.ratih).get(
        reverse("case-page", args=[case_number(file.case_id)])
    ).content.decode()  # fmt: skip
    source = reference.get_rule(local[0], on=TODAY).source_en
    assert f"{source} · local rule" in page


def test_what_is_remembered_of_the_procedures_is_read_anew_when_one_changes(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The minute in which it is remembered does not end between two lines of this test.
    monkeypatch.setattr(wording, "monotonic", lambda: 0.0)
    wording.forget_rules()
    first = wording.procedure_source(LOCAL, TODAY)
    with acting(cast.hendra):
        operations.change_procedure(
            by=cast.hendra, at=timezone.now(), code=LOCAL, kind="elapsed", amount=9, unit="hours",
            source="Aturan Uji Baru", valid_from=TODAY,
        )  # fmt: skip
    assert wording.procedure_source(LOCAL, TODAY) == first
    wording.forget_rules()
    assert "Aturan Uji Baru" in wording.procedure_source(LOCAL, TODAY)


# -- a trial ----------------------------------------------------------------------------------


def test_every_page_of_a_trial_says_that_it_is_one(cast: Cast, settings: Any) -> None:
    settings.TRIAL = True
    pages = (reverse("reference-days"), reverse("network-directory"), reverse("entrance-account"))
    inside = signed_in(cast.ratih)
    before = Client(headers={"accept-language": "id"})
    door = before.get(reverse("account_login")).content.decode()
    assert "Sistem ini hanya ada di mesin ini" in door
    for page in pages:
        assert "stands on this machine only" in inside.get(page).content.decode(), page
    settings.TRIAL = False
    assert "stands on this machine only" not in inside.get(pages[0]).content.decode()
    assert "mesin ini" not in before.get(reverse("account_login")).content.decode()
