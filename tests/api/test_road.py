"""From a report to the outcome, by two agencies' machines, with row security on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.api.machine import Machine
from tests.api.road import NAME, NIK, PHONE, REPORT, Road, road
from tests.people import Cast

from rangkul.cases import queries as cases
from rangkul.custody import queries as custody
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.reports import queries as reports
from rangkul.trail import queries as trail


@pytest.fixture
def walk(cast: Cast, desks: None, machine_of: Callable[[Actor], Machine]) -> Road:
    """The road, ready to be walked."""
    return road(cast, machine_of)


def test_the_whole_road(walk: Road) -> None:
    case = walk.case()
    need = walk.companion.post(
        f"/cases/{case}/needs", {"words": "Ingin diperiksa", "service": "medis"}
    )
    assert need.status == 201, need.json
    packet = walk.referral(case, need=need.json["id"])

    waiting = walk.clinic.get("/referrals/in").json["referrals"]
    assert [(each["number"], each["state"], each["case"]) for each in waiting] == [
        (packet, "sent", "")
    ]
    opened = walk.clinic.get(f"/referrals/{packet}/packet")
    assert opened.status == 200, opened.json
    answered = walk.clinic.post(
        f"/referrals/{packet}/answer", {"version": 1, "decision": "accept"}, key=None
    )
    assert (answered.status, answered.json["state"]) == (200, "accepted")
    met = walk.clinic.post(f"/referrals/{packet}/first-contact", {"version": 2}, key=None)
    assert (met.status, met.json["state"]) == (200, "in_service")
    done = walk.clinic.post(
        f"/referrals/{packet}/outcome",
        {"version": 3, "result": "done", "outcome": "served"},
        key=None,
    )
    assert (done.status, done.json["moves"], done.json["case"]) == (200, [], "")

    seen = walk.companion.get(f"/referrals/{packet}").json
    assert (seen["state"], seen["outcome"], seen["case"]) == ("done", "served", case)
    assert seen["sides"] == ["sender"]
    sent = walk.companion.get("/referrals/out").json["referrals"]
    assert [each["number"] for each in sent] == [packet]
    assert [e["number"] for e in walk.companion.get(f"/cases/{case}/referrals").json["referrals"]]
    plan = walk.companion.get(f"/cases/{case}").json["needs"]
    assert [(each["words"], each["state"]) for each in plan] == [("Ingin diperiksa", "referred")]


def test_a_report_is_answered_with_what_to_do(walk: Road) -> None:
    made = walk.intake.post("/reports", REPORT | {"take": True})
    assert (made.json["state"], made.json["risk"]) == ("in_hand", "tinggi")
    triage = made.json["triage"]
    assert triage["because_id"].startswith("Tinggi, karena")
    assert triage["because_en"].startswith("High, because")
    assert "periksa_dokter" in [action["code"] for action in triage["actions"]]
    assert made.json["answer_by"] > made.json["reported_at"]


def test_the_words_of_a_report_are_open_until_it_is_handed_over(walk: Road) -> None:
    number = walk.report()
    before = walk.intake.get(f"/reports/{number}").json
    assert before["words"]["about"]["nik"] == NIK
    opened = walk.supervisor.post(
        f"/reports/{number}/open-case",
        {"categories": ["ktk"], "companion": walk.companion_number},
    )
    assert opened.json["case"]
    after = walk.intake.get(f"/reports/{number}").json
    assert (after["state"], after["words"], after["case"]) == ("opened", None, "")


def test_another_survivor_of_the_same_incident_is_opened_beside_the_first(
    walk: Road, cast: Cast
) -> None:
    first, asked = walk.case(), {"categories": ["ktk"], "companion": walk.companion_number}
    address = f"/reports/{walk.report()}/open-case"
    # A number that is mistyped, and one of no file that the caller sees, are the same: unknown.
    for unknown in ("RK-0000-0000", custody.case_number(987_654)):
        refused = walk.supervisor.post(address, asked | {"same_incident_as": unknown})
        told = [(each["field"], each["code"]) for each in refused.json["fields"]]
        assert (refused.status, told) == (422, [("same_incident_as", "unknown")])
    made = walk.supervisor.post(address, asked | {"same_incident_as": first})
    assert made.status == 201, made.json
    with acting(cast.wahyuni):
        keys = {
            cases.get_file(cast.wahyuni, custody.case_id_of(number)).incident_key
            for number in (first, made.json["case"])
        }
    assert len(keys) == 1


def test_what_is_read_is_recorded(walk: Road, cast: Cast) -> None:
    number = walk.report()
    walk.intake.get(f"/reports/{number}")
    with acting(cast.joko):
        acts = trail.list_subject(cast.joko, "report", reports.report_id_of(number))
    assert [act.name for act in acts if act.name == "report.read"] == ["report.read"]


def test_identity_needs_a_reason_and_stands_nowhere_else(walk: Road) -> None:
    case = walk.case()
    cover = walk.companion.get(f"/cases/{case}")
    for secret in (NAME, "Nara", NIK, PHONE[-9:]):
        assert secret not in cover.response.content.decode()
    assert walk.companion.post(f"/cases/{case}/identity", {"reason": "iseng"}).status == 422
    assert walk.companion.post(f"/cases/{case}/identity", {"reason": "lain"}).status == 422
    opened = walk.companion.post(f"/cases/{case}/identity", {"reason": "menghubungi"})
    assert opened.status == 200, opened.json
    people = opened.json["people"]
    assert [(p["part"], p["full_name"], p["nik"]) for p in people] == [("survivor", NAME, NIK)]


def test_a_packet_holds_no_case_number_and_no_more_than_agreed(walk: Road) -> None:
    case = walk.case()
    packet = walk.referral(case)
    text = walk.clinic.get(f"/referrals/{packet}/packet").response.content.decode()
    for secret in (case, NAME, NIK, "Kusumaningrum"):
        assert secret not in text


def test_a_changed_file_is_not_sent_unseen(walk: Road) -> None:
    case = walk.case()
    asked = walk.asked(walk.basis(case))
    seen = walk.companion.post(f"/cases/{case}/referrals/preview", asked)
    assert seen.status == 200, seen.json
    wrong = asked | {"seen": seen.json["digest"], "asked": "Lain", "uncovered_ok": True}
    refused = walk.companion.post(f"/cases/{case}/referrals", wrong)
    assert (refused.status, refused.json["code"]) == (409, "preview_changed")
    right = asked | {"seen": seen.json["digest"], "uncovered_ok": True}
    assert walk.companion.post(f"/cases/{case}/referrals", right).status == 201


def test_withdrawn_consent_closes_the_packet_for_everyone(walk: Road) -> None:
    case = walk.case()
    packet = walk.referral(case)
    basis = walk.companion.get(f"/cases/{case}/bases").json["bases"][0]
    assert basis["obstacle"] == ""
    taken = walk.companion.post(f"/cases/{case}/bases/{basis['id']}/withdraw", key=None)
    assert (taken.status, taken.json["ended"]) == (200, [packet])
    for machine in (walk.clinic, walk.companion):
        closed = machine.get(f"/referrals/{packet}/packet")
        assert (closed.status, closed.json["code"]) == (410, "packet_closed")
    again = walk.companion.post(
        f"/cases/{case}/referrals", walk.asked(basis["id"], uncovered_ok=True)
    )
    assert (again.status, again.json["code"], again.json["why"]) == (
        409, "basis_missing", "withdrawn",
    )  # fmt: skip


def test_questions_and_answers_between_the_desks(walk: Road) -> None:
    packet = walk.referral(walk.case())
    asked = walk.clinic.post(
        f"/referrals/{packet}/answer",
        {"version": 1, "decision": "ask", "words": "Pukul berapa?"},
        key=None,
    )
    assert asked.json["state"] == "asked"
    secret = walk.companion.post(
        f"/referrals/{packet}/reply", {"version": 2, "words": f"NIK-nya {NIK}"}, key=None
    )
    assert (secret.status, secret.json["fields"][0]["code"]) == (422, "identity_number")
    told = walk.companion.post(
        f"/referrals/{packet}/reply", {"version": 2, "words": "Sembilan."}, key=None
    )
    assert told.json["state"] == "sent"
    assert walk.clinic.post(f"/referrals/{packet}/message", {"words": "Baik."}).status == 201
    thread = walk.clinic.get(f"/referrals/{packet}/messages").json["messages"]
    assert [(m["words"], m["ours"]) for m in thread] == [
        ("Pukul berapa?", True), ("Sembilan.", False), ("Baik.", True),
    ]  # fmt: skip


def test_a_stale_version_and_a_second_answer_are_409(walk: Road) -> None:
    packet = walk.referral(walk.case())
    yes = {"version": 1, "decision": "accept"}
    assert walk.clinic.post(f"/referrals/{packet}/answer", yes, key=None).status == 200
    stale = walk.clinic.post(f"/referrals/{packet}/answer", yes, key=None)
    assert (stale.status, stale.json["code"]) == (409, "stale_form")
    twice = walk.clinic.post(f"/referrals/{packet}/answer", yes | {"version": 2}, key=None)
    assert (twice.status, twice.json["code"]) == (409, "illegal_move")
    late = walk.companion.post(f"/referrals/{packet}/cancel", {"version": 2}, key=None)
    assert late.json["code"] == "illegal_move"


def test_notes_are_written_read_and_withdrawn_by_their_writer(walk: Road) -> None:
    case = walk.case()
    made = walk.companion.post(f"/cases/{case}/notes", {"body": "Bertemu di kantor."})
    assert made.status == 201 and "body" not in made.json
    notes = walk.companion.get(f"/cases/{case}/notes").json["notes"]
    assert [note["body"] for note in notes][:2] == ["Bertemu di kantor.", REPORT["account"]]
    address = f"/cases/{case}/notes/{made.json['id']}/withdraw"
    assert walk.supervisor.post(address, {"reason": "keliru"}, key=None).status == 403
    other = walk.case()
    wrong = f"/cases/{other}/notes/{made.json['id']}/withdraw"
    assert walk.companion.post(wrong, {"reason": "keliru"}, key=None).status == 404
    assert walk.companion.post(address, {"reason": "keliru"}, key=None).status == 200
    again = walk.companion.post(address, {"reason": "keliru"}, key=None)
    assert (again.status, again.json["code"]) == (409, "stale_form")


def test_the_plan_is_changed_with_the_version_that_was_read(walk: Road) -> None:
    case = walk.case()
    need = walk.companion.post(
        f"/cases/{case}/needs", {"words": "Ingin tidur", "service": "psikologi"}
    ).json["id"]
    change = {"version": 1, "service": "psikologi", "urgency": "mendesak"}
    assert walk.companion.post(f"/cases/{case}/needs/{need}", change).json["version"] == 2
    assert walk.companion.post(f"/cases/{case}/needs/{need}", change).status == 409
    moved = walk.companion.post(f"/cases/{case}/needs/{need}/move", {"move": "meet"})
    assert moved.json["state"] == "met"
    illegal = walk.companion.post(f"/cases/{case}/needs/{need}/move", {"move": "refer"})
    assert illegal.json["code"] == "illegal_move"


def test_pages_follow_each_other_without_gap(walk: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    from rangkul.cases import queries as cases

    monkeypatch.setattr(cases, "PAGE", 2)
    monkeypatch.setattr(reports, "PAGE", 2)
    made = [walk.case() for _ in range(5)][::-1]
    for address, kind in (("/cases", "cases"), ("/reports", "reports")):
        seen: list[str] = []
        before = ""
        while True:
            page = walk.supervisor.get(address, before=before).json
            seen += [row["number"] for row in page[kind]]
            before = page["next_before"]
            if not before:
                break
        assert len(seen) == len(set(seen)) == 5
        assert kind == "reports" or seen == made
    assert walk.supervisor.get("/cases", risk="rendah").json["cases"] == []
    assert len(walk.companion.get("/cases", mine="true").json["cases"]) == 2
    assert walk.companion.get("/cases", before="RK-7F3K-9QXT").status == 422


def test_the_directory_and_the_suggestions(walk: Road) -> None:
    found = walk.companion.get("/directory/desks", service="medis", q="Uji Kupang").json["desks"]
    assert [desk["name"] for desk in found] == ["Layanan", "Layanan kedua"]
    assert {
        "service": "medis",
        "sex": "",
        "age_min": 0,
        "age_max": 200,
        "residents_only": False,
    } in (found[0]["offers"])
    agencies = walk.companion.get("/directory/agencies", q="Uji").json["agencies"]
    number = next(a["number"] for a in agencies if a["short_name"] == "UPTD Uji Kupang")
    desks = walk.companion.get(f"/directory/agencies/{number}/desks").json["desks"]
    assert len(desks) == 3
    case = walk.case()
    fitting = walk.companion.get("/directory/suggestions", case=case, service="medis").json
    assert fitting["suggestions"][0]["desk"]["desk"] in {desk["number"] for desk in found}
    reason = fitting["suggestions"][0]["reasons"][0]
    assert reason["text_id"] and reason["text_id"] != reason["text_en"]
    listed = walk.companion.get("/directory/codes/saluran_laporan").json["codes"]
    assert "telepon" in [code["code"] for code in listed]
    assert walk.companion.get("/directory/codes/tidak_ada").status == 404


def test_a_page_of_desks_asks_as_often_for_three_agencies_as_for_one(walk: Road) -> None:
    """Each agency's desks with their holidays, in the order of the agencies."""

    def queries(words: str) -> tuple[int, list[str]]:
        with CaptureQueriesContext(connection) as asked:
            found = walk.companion.get("/directory/desks", q=words).json["desks"]
        return len(asked), [desk["place"]["agency_name"] for desk in found]

    one, of_one = queries("Uji Kupang")
    three, of_three = queries("Uji")
    assert set(of_one) == {"UPTD Uji Kupang"}
    assert list(dict.fromkeys(of_three)) == [
        "LSM Uji Makassar",
        "UPTD Uji Kupang",
        "UPTD Uji Semarang",
    ]
    assert three == one


def test_no_answer_bears_an_internal_id(walk: Road) -> None:
    """Numbers of desks and agencies are permuted: none of the cast's ids shows itself."""
    packet = walk.referral(walk.case())
    for machine, path in (
        (walk.companion, f"/referrals/{packet}"), (walk.companion, "/directory/desks?q=Uji"),
        (walk.companion, "/cases"), (walk.supervisor, "/reports"),
        (walk.companion, "/directory/colleagues"),
    ):  # fmt: skip
        text = machine.get(path).response.content.decode()
        assert not [str(i) for i in (9001, 9002, 9101, 9102, 9202, 9011) if f"{i}" in text], path
