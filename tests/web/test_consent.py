"""Consent through its pages: asked, proved, shown, taken back; each as it would be pressed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.utils import timezone
from tests.clients import Client
from tests.domain.referrals.scene import DESK, SECOND_DESK, Scene, make_scene, seed_desks
from tests.people import Cast
from tests.rows import as_owner
from tests.web.files import signed_in

from rangkul.consent import notice
from rangkul.consent.models import Basis
from rangkul.custody import queries as custody
from rangkul.foundation.scope import acting
from rangkul.referrals import operations

pytestmark = pytest.mark.usefixtures("committed_db")

STROKES = "M10 20L30 40L50 60M70 80L90 100"
PICTURE = b"\xff\xd8\xff\xe0" + b"jempol" * 40
VOICE = b"\x1aE\xdf\xa3" + b"suara" * 60
WITNESS = "Wilhelmina Uji Ndolu"

CODE = "consent-as-she-sees-it"
SENTENCE = (
    "Each agreement is shown with its four limits (to whom, what, what for, until when), how it "
    "was explained, who decided and with which proof; and one press takes it back."
)
PROOF = "consent-proof-is-sealed"
PROOF_SENTENCE = (
    "A signature, thumb print, recorded voice or witness is checked by its own bytes, hashed, "
    "sealed, bound to its agreement, given out only as a sandboxed download, and outlives the "
    "withdrawal unchanged."
)


@pytest.fixture
def scene(cast: Cast) -> Scene:
    """A committed case of Ratih's."""
    seed_desks()
    with acting(cast.ratih):
        return make_scene(cast)


def here(scene: Scene) -> str:
    """The consent page's address."""
    return f"/kasus/{custody.case_number(scene.case_id)}/persetujuan/"


def give(scene: Scene, **changes: Any) -> Basis:
    """A consent of now, to the desk and its stand-in."""
    values: dict[str, Any] = {
        "valid_until": timezone.now() + timedelta(days=30), "recipient_desk_id": DESK,
        "fallback_desk_ids": [SECOND_DESK],
    }  # fmt: skip
    with acting(scene.sender):
        return operations.record_ground(
            case_id=scene.case_id, ground=scene.ground("medis", **(values | changes)),
            by=scene.sender, at=timezone.now() - timedelta(minutes=5),
        )  # fmt: skip


def send(scene: Scene, basis: Basis) -> int:
    """A request on it."""
    with acting(scene.sender):
        from uuid import uuid4

        return operations.send_referral(
            asked=scene.asked(basis), token=uuid4(), by=scene.sender, at=timezone.now(),
            uncovered_ok=True,
        ).id  # fmt: skip


def record(client: Client, scene: Scene, **changes: str | list[str]) -> HttpResponse:
    """The form, filled as a worker would."""
    values: dict[str, str | list[str]] = {
        "service": "medis", "ground-letter": "a", "ground-given_by": "penyintas",
        "ground-manner": "lisan", "ground-days": "30", "ground-level_I": "1",
        "ground-told_how": "dibacakan", "ground-notice_language": "id",
        "ground-understood": ["siapa", "cabut"],
    }  # fmt: skip
    return client.post(here(scene), values | changes)


@pytest.mark.promise(CODE, chapter="consent", sentence=SENTENCE)
def test_an_agreement_shows_its_four_limits_and_how_it_came(
    scene: Scene, figure: Callable[[str], None]
) -> None:
    client = signed_in(scene.sender)
    answer = record(client, scene, **{"ground-conference": "on", "next": "proof"})
    assert answer.status_code == 302 and answer["Location"].endswith("/bukti/")
    with acting(scene.sender):
        basis = Basis.objects.get(case_id=scene.case_id)
    said = notice.get_notice("id")
    assert (basis.notice_version, basis.notice_hash) == (said.version, said.hash)
    assert basis.purposes == ["layanan", "rapat"]
    give(scene)
    page = client.get(here(scene)).content.decode()
    shown = (
        "To whom", "Layanan kedua", "What they may know", "For what", "Until", "Who decided",
        said.version, "Proof", "Take everything back", "Allow less",
    )  # fmt: skip
    missing = [words for words in shown if words not in page]
    assert missing == []
    figure(f"{len(shown)} of {len(shown)} things shown on the page of 2 agreements")


@pytest.mark.planted(CODE)
def test_planted_a_page_that_hides_the_recipient(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(scene)
    monkeypatch.setattr("rangkul.network.queries.desk_names", lambda ids: {})
    assert "Layanan kedua" not in signed_in(scene.sender).get(here(scene)).content.decode()


def test_one_press_takes_everything_back(scene: Scene) -> None:
    request_id, client = send(scene, give(scene)), signed_in(scene.sender)
    give(scene, recipient_desk_id=None, fallback_desk_ids=[])
    answer = client.post(f"{here(scene)}cabut-semua/", follow=True)
    assert "Take everything back" not in answer.content.decode()
    with as_owner() as owner:
        states = owner.execute("select state from referrals_request").fetchall()
        keys = owner.execute(
            "select count(*) from foundation_datakey where owner_kind = 'request'"
        ).fetchone()
    assert (states, keys) == ([("withdrawn",)], (0,))
    receiver = signed_in(scene.receiver)
    from rangkul.referrals import queries

    number = queries.packet_number(request_id)
    page = receiver.get(f"/p/{number}/").content.decode()
    assert "Periksa luka" not in page


def test_a_part_is_taken_back_and_the_rest_stands(scene: Scene) -> None:
    basis, client = give(scene), signed_in(scene.sender)
    send(scene, basis)
    url = f"{here(scene)}{basis.id}/kurangi/"
    refused = client.post(url, {}, follow=True)
    assert "Nothing was made smaller" in refused.content.decode()
    client.post(url, {"level_H": "0", "without": [str(SECOND_DESK)]})
    with acting(scene.sender):
        old, new = Basis.objects.order_by("recorded_at", "id")
    assert old.withdrawn_at is not None and new.withdrawn_at is None
    assert (new.levels["H"], new.levels["I"]) == (0, old.levels["I"])
    assert (new.recipient_desk_id, new.fallback_desk_ids) == (DESK, [])
    assert new.valid_until == old.valid_until
    raised = client.post(f"{here(scene)}{new.id}/kurangi/", {"level_H": "1", "level_A": "9"})
    assert raised.status_code == 302
    with acting(scene.sender):
        assert Basis.objects.count() == 2


def prove(client: Client, url: str, **values: object) -> HttpResponse:
    """One proof, sent."""
    return client.post(url, values)


def file(content: bytes, name: str = "x.bin") -> SimpleUploadedFile:
    """A file as a telephone sends it; its name says nothing."""
    return SimpleUploadedFile(name, content)


@pytest.mark.promise(PROOF, chapter="consent", sentence=PROOF_SENTENCE)
def test_each_kind_of_proof_is_kept_sealed_and_outlives_the_withdrawal(
    scene: Scene, figure: Callable[[str], None]
) -> None:
    basis, client = give(scene), signed_in(scene.sender)
    url = f"{here(scene)}{basis.id}/bukti/"
    taken = (
        {"kind": "signature", "strokes": STROKES},
        {"kind": "thumb", "file": file(PICTURE), "witness": WITNESS},
        {"kind": "voice", "file": file(VOICE)},
        {"kind": "witness", "witness": WITNESS},
    )
    for values in taken:
        assert prove(client, url, **values).status_code == 302, values
    # Pressed twice, it is one proof.
    assert prove(client, url, kind="signature", strokes=STROKES).status_code == 302
    wrong = (
        {"kind": "signature", "strokes": "M1 1"},
        {"kind": "signature", "strokes": '"/><script>alert(1)</script>'},
        {"kind": "thumb", "file": file(PICTURE)},
        {"kind": "thumb", "file": file(b"MZ\x90\x00" * 40), "witness": WITNESS},
        {"kind": "voice", "file": file(b"<html><script>1</script>", "suara.webm")},
        {"kind": "voice"},
        {"kind": "witness"},
        {"kind": "sumpah", "witness": WITNESS},
    )
    for values in wrong:
        assert prove(client, url, **values).status_code == 422, values
    client.post(f"{here(scene)}{basis.id}/cabut/")
    assert prove(client, url, kind="witness", witness="Yang lain").status_code == 422
    with as_owner() as owner:
        rows = owner.execute(
            "select id, content_sealed, witness_sealed from consent_evidence order by taken_at, id"
        ).fetchall()
    assert len(rows) == len(taken)
    plain = (STROKES.encode(), b"jempol", b"suara", WITNESS.encode())
    assert not any(word in bytes(c) + bytes(w or b"") for _id, c, w in rows for word in plain)
    for row_id, *_rest in rows:
        answer = client.get(f"{url}{row_id}/")
        assert answer.status_code == 200
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
    assert WITNESS not in client.get(url).content.decode()
    figure(
        f"{len(taken)} kinds kept, sealed and still readable after the withdrawal; "
        f"{len(wrong)} wrong ones refused"
    )


@pytest.mark.planted(PROOF)
def test_planted_a_proof_altered_in_the_database_does_not_open(scene: Scene) -> None:
    basis, client = give(scene), signed_in(scene.sender)
    url = f"{here(scene)}{basis.id}/bukti/"
    prove(client, url, kind="signature", strokes=STROKES)
    with as_owner() as owner:
        row = owner.execute(
            "update consent_evidence set content_sealed = "
            "set_byte(content_sealed, 40, 255 - get_byte(content_sealed, 40)) returning id"
        ).fetchone()
    assert row is not None
    from rangkul.consent import proofs
    from rangkul.foundation.vault import SealBroken

    with acting(scene.sender), pytest.raises(SealBroken):
        proofs.read_evidence(evidence_id=UUID(str(row[0])), by=scene.sender, at=timezone.now())


@pytest.mark.planted(PROOF)
def test_planted_the_app_can_neither_change_nor_take_away_a_proof(scene: Scene) -> None:
    from django.db import DatabaseError, connection, transaction

    prove(signed_in(scene.sender), f"{here(scene)}{give(scene).id}/bukti/",
          kind="witness", witness=WITNESS)  # fmt: skip
    for statement in (
        "update consent_evidence set kind = 'voice'", "delete from consent_evidence",
        "update consent_basis set notice_hash = ''",
    ):  # fmt: skip
        with (
            acting(scene.sender), pytest.raises(DatabaseError), transaction.atomic(),
            connection.cursor() as cursor,
        ):  # fmt: skip
            cursor.execute(statement)


def test_a_stranger_reaches_no_proof(scene: Scene) -> None:
    basis, client = give(scene), signed_in(scene.sender)
    url = f"{here(scene)}{basis.id}/bukti/"
    prove(client, url, kind="witness", witness=WITNESS)
    with as_owner() as owner:
        row = owner.execute("select id from consent_evidence").fetchone()
    assert row is not None
    other = give(scene)
    assert client.get(f"{here(scene)}{other.id}/bukti/{row[0]}/").status_code == 404
    for who in (scene.receiver, scene.cast.andi):
        assert signed_in(who).get(f"{url}{row[0]}/").status_code == 404


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_notice_is_read_out_in_both_languages(scene: Scene, language: str) -> None:
    client = signed_in(scene.sender)
    page = client.get(f"{here(scene)}penjelasan/?bahasa={language}&huruf=besar").content.decode()
    said = notice.get_notice(language)
    from django.utils.html import escape

    assert all(escape(sentence) in page for sentence in said.sentences)
    assert "notice-large" in page
    assert said.hash[:16] in page


def test_a_child_is_asked_with_a_safe_guardian(cast: Cast) -> None:
    seed_desks()
    with acting(cast.ratih):
        scene = make_scene(cast, child=True)
    client = signed_in(cast.ratih)
    page = client.get(f"{here(scene)}?service=medis").content.decode()
    assert 'value="wali"' in page and 'value="penyintas"' not in page
    refused = record(client, scene, **{"ground-given_by": "wali"})
    assert refused.status_code == 422
    told = {
        "ground-given_by": "wali", "ground-relation": "ibu", "ground-child_age": "13",
        "ground-child_says": "ya", "ground-best_interest": "Perlu dirawat segera.",
    }  # fmt: skip
    assert record(client, scene, **told).status_code == 302
    with acting(cast.ratih):
        basis = Basis.objects.get(case_id=scene.case_id)
    assert (basis.given_by, basis.relation, basis.child_age) == ("wali", "ibu", 13)


def test_what_is_over_is_not_made_smaller(scene: Scene) -> None:
    basis = give(scene, valid_until=timezone.now() - timedelta(minutes=1))
    answer = signed_in(scene.sender).post(f"{here(scene)}{basis.id}/kurangi/", {"level_H": "0"})
    assert answer.status_code == 409
