"""OpenRosa as ODK Collect speaks it: the list, the form, a filling that reaches its file once."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.clients import Client
from tests.domain.assessments.test_receiving import publish
from tests.domain.cases.test_beginning import OPENING
from tests.field.phone import ROOT, Phone, Reply, multipart, on_phone, phone_of
from tests.field.scene import ANSWERS, Field, now, stage, with_id
from tests.people import Cast, sign_in
from tests.rows import app_as, as_owner
from tests.unit.assessments.forms import RISK, ask

from rangkul.assessments import operations as assessments
from rangkul.assessments import queries as assessment_queries
from rangkul.assessments.xform import parse
from rangkul.cases import operations as case_operations
from rangkul.cases import queries as cases
from rangkul.custody import queries as custody
from rangkul.field import operations, phone_form, queries, sealing
from rangkul.field.models import Arrival
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.scope import acting
from rangkul.foundation.workflow import IllegalMove
from rangkul.trail import queries as trail

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fcff"
    "9fa10e00070202ff5e2bd0b90000000049454e44ae426082"
)
FOREIGN = (
    "A phone learns nothing of a file that is not its person's: foreign and unknown are alike."
)
STORY = "Ia disekap di gudang beras"


@pytest.fixture(autouse=True)
def _committed(committed_db: None) -> None:
    """Every call is a transaction of its own."""


@pytest.fixture
def field(cast: Cast) -> Field:
    return stage(cast)


@pytest.fixture
def phone(field: Field) -> Phone:
    return phone_of(field.cast.ratih)


def kept(reply: Reply) -> None:
    assert reply.status == 201, reply.said
    assert reply.headers["X-OpenRosa-Version"] == "1.0"
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Location"].endswith("/openrosa/submission")


# -- the list and the form --------------------------------------------------------------------


def test_the_list_holds_what_this_person_may_fill(field: Field, phone: Phone) -> None:
    forms = phone.forms()
    assert {"uji", "rk01_triase", "rk03_bps", "rk12_hambatan"} <= forms.keys()
    assert forms["uji"]["version"] == "1" and forms["uji"]["name"] == "Formulir uji"
    intake = phone_of(field.cast.joko).forms()
    assert "rk01_triase" in intake and "uji" not in intake
    assert "uji" not in phone_of(field.cast.yohana).forms()
    assert [*phone_of(field.cast.bagas).forms()] == []
    one = phone.way("GET", f"{ROOT}/formList?formID=uji", phone.headers(), b"")
    assert one.body.count(b"<xform>") == 1


def test_a_form_comes_with_our_question_and_is_otherwise_the_same(
    field: Field, phone: Phone
) -> None:
    for code in phone.forms():
        served = phone.download(code)
        form = parse(served)
        first = next(iter(form.items.values()))
        assert first.name == phone_form.CASE and first.is_asked and first.required is None
        assert "Nomor berkas" in form.label(first, "id")
        with acting(field.cast.ratih):
            stored = assessment_queries.get_published(code, agency_id=field.form.agency_id)
        ours = {path: item.type for path, item in parse(stored.xform).items.items()}
        theirs = {path: item.type for path, item in form.items.items() if item is not first}
        assert theirs == ours


def test_the_newest_version_is_listed_and_former_ones_stay_open(field: Field, phone: Phone) -> None:
    publish_newer(field)
    assert phone.forms()["uji"]["version"] == "2"
    kept(phone.send(on_phone(with_id("uuid:late"), field.number)))
    with acting(field.cast.sinta):
        assessments.retire_form(form_id=field.form.id, by=field.cast.sinta, at=now())
    gone = phone.send(on_phone(with_id("uuid:later"), field.number))
    assert gone.status == 410 and "tidak dipakai lagi" in gone.said
    assert field.numbers_of() == {"uuid:late": 1}


def publish_newer(field: Field) -> None:
    publish(field.cast, RISK, version="2")


def foreign_key() -> str:
    """The public half of a pair of which this house has nothing."""
    return base64.b64encode(sealing.make_key()[0]).decode()


def test_forms_that_phones_do_not_get_are_named_on_the_page(field: Field, phone: Phone) -> None:
    publish(field.cast, [ask("text", "rk_kasus", "Apa")], form_id="lain")
    publish(field.cast, [ask("text", "a", "Apa")], form_id="asing", public_key=foreign_key())
    assert not {"lain", "asing"} & phone.forms().keys()
    with acting(field.cast.ratih):
        found = {f.row.code: f.refusal for f in queries.list_phone_forms(field.cast.ratih)}
    assert (found["lain"], found["asing"], found["uji"]) == ("taken_name", "foreign_key", "")
    client = Client()
    sign_in(client, field.cast.ratih)
    page = client.get("/perangkat/").content.decode()
    assert "public_key" in page and "rk_kasus" in page


def test_every_answer_bears_openrosas_headers(field: Field, phone: Phone) -> None:
    for method, path, status in (
        ("HEAD", "/submission", 204), ("GET", "/formList", 200), ("GET", "/nowhere", 404),
        ("GET", "/forms/00000000-0000-0000-0000-000000000000.xml", 404),
        ("GET", "/submission", 405), ("PUT", "/formList", 405), ("POST", "/submission", 400),
    ):  # fmt: skip
        reply = phone.way(method, ROOT + path, phone.headers(), b"")
        assert reply.status == status, (method, path, reply.body)
        assert reply.headers["X-OpenRosa-Version"] == "1.0"
        assert int(reply.headers["X-OpenRosa-Accept-Content-Length"]) > 1_000_000
    row = phone.forms()["uji"]
    manifest = phone.get(row["downloadUrl"].replace(".xml", "/manifest"))
    assert manifest.status == 200 and b"xformsManifest" in manifest.body


# -- a filling --------------------------------------------------------------------------------


def test_a_filling_reaches_its_file_without_our_question(field: Field, phone: Phone) -> None:
    assert phone.head().status == 204
    kept(phone.send(on_phone(with_id("uuid:a"), field.number.lower().replace("-", " "))))
    with acting(field.cast.ratih):
        [row] = assessment_queries.list_filled(field.cast.ratih, field.case_id)
        assert (row.source, row.assessed_by) == ("phone", field.cast.ratih.user_id)
        assert assessment_queries.received_xml(row) == with_id("uuid:a")
        assert queries.list_open(field.cast.ratih) == []


def test_sent_twice_at_other_times_and_by_another_phone_it_counts_once(
    field: Field, phone: Phone
) -> None:
    sent = on_phone(with_id("uuid:a"), field.number)
    replies = [each.send(sent) for each in (phone, phone, phone_of(field.cast.wahyuni), phone)]
    for reply in replies:
        kept(reply)
    assert [reply.said for reply in replies[1:]] == ["Sudah tersimpan sebelumnya."] * 3
    assert field.numbers_of() == {"uuid:a": 1}


def test_other_content_under_a_known_id_is_shown_to_a_person(field: Field, phone: Phone) -> None:
    kept(phone.send(on_phone(with_id("uuid:a"), field.number)))
    other = with_id("uuid:a", ANSWERS | {"lahir": "2001-02-03"})
    for _each in range(2):
        kept(phone.send(on_phone(other, field.number)))
    with acting(field.cast.ratih):
        assert len(assessment_queries.list_conflicts(field.cast.ratih, field.case_id)) == 1
    assert field.numbers_of() == {"uuid:a": 1}


@pytest.mark.parametrize(
    "ended", ["2019-01-01T00:00:00.000+07:00", "2031-01-01T00:00:00.000+07:00"]
)
def test_a_clock_set_wrong_loses_nothing(field: Field, phone: Phone, ended: str) -> None:
    kept(phone.send(on_phone(with_id("uuid:a", ANSWERS | {"end": ended}), field.number)))
    with acting(field.cast.ratih):
        [row] = assessment_queries.list_filled(field.cast.ratih, field.case_id)
    assert row.result["clock"] == "server"
    assert abs(row.happened_at - now()) < timedelta(minutes=1)


def test_what_is_refused_leaves_nothing_and_says_why(field: Field, phone: Phone) -> None:
    deep = b"<data id='uji' version='1'>" + b"<a>" * 70 + b"</a>" * 70 + b"</data>"
    hostile = b'<!DOCTYPE d [<!ENTITY a "b">]><data id="uji" version="1">&a;</data>'
    for xml, status, word in (
        (b"", 400, "bukan XML"), (b"<data", 400, "bukan XML"), (hostile, 400, "DOCTYPE"),
        (deep, 400, "bersarang"), (b"<data>" + b" " * 2_100_000 + b"</data>", 400, "2 MB"),
        (on_phone(with_id("uuid:x", {}), field.number), 400, "setuju"),
        (on_phone(with_id(""), field.number), 400, "instanceID"),
        (on_phone(with_id("x" * 101), field.number), 400, "instanceID"),
        (with_id("uuid:x").replace(b'id="uji"', b'id="asing"'), 404, "asing"),
        (with_id("uuid:x").replace(b'version="1"', b'version="9"'), 404, "9"),
    ):  # fmt: skip
        reply = phone.send(xml)
        assert (reply.status, word in reply.said) == (status, True), (xml[:60], reply.said)
    with as_owner() as owner:
        for table in ("field_arrival", "field_arrivedfile"):
            assert owner.execute(f"select count(*) from {table}").fetchone() == (0,)
    assert field.numbers_of() == {}
    english = Phone(phone.name, phone.password, language="en-GB").send(b"<data")
    assert "not well-formed" in english.said


def test_parts_that_are_no_parts(field: Field, phone: Phone) -> None:
    media, body = multipart(with_id("uuid:a"), {})
    for content_type, sent, status in (
        ("text/xml", with_id("uuid:a"), 400), ("multipart/form-data", body, 400),
        (media, body[:40], 400), (media, b"", 400),
        (media, body.replace(b"xml_submission_file", b"another_file"), 400),
        (media, b"x" * (11 * 1024 * 1024), 413),
    ):  # fmt: skip
        headers = phone.headers() | {"Content-Type": content_type}
        reply = phone.way("POST", f"{ROOT}/submission", headers, sent)
        assert reply.status == status, (content_type, sent[:40], reply.body)
    heavy = phone.send(with_id("uuid:a"), {"a.png": b"x" * (10 * 1024 * 1024 + 1)})
    assert heavy.status in (400, 413)
    assert field.numbers_of() == {}


# -- pictures and recordings ------------------------------------------------------------------


@pytest.fixture
def pictured(cast: Cast) -> Field:
    return stage(
        cast, [ask("start", "start"), ask("image", "foto", "Foto"), ask("audio", "suara", "Suara")]
    )


def picture(name: str, number: str, files: str = "a.png") -> bytes:
    return (
        f'<data id="uji" version="1"><rk_kasus>{number}</rk_kasus><start/><foto>{files}</foto>'
        f"<suara/><meta><instanceID>{name}</instanceID></meta></data>"
    ).encode()


def documents(field: Field) -> list[str]:
    with acting(field.cast.ratih):
        return [view.name for view in cases.list_attachments(field.cast.ratih, field.case_id)]


def test_a_picture_is_kept_among_the_documents_once(pictured: Field) -> None:
    phone = phone_of(pictured.cast.ratih)
    missing = phone.send(picture("uuid:a", pictured.number))
    assert missing.status == 400 and "a.png" in missing.said
    broken = phone.send(picture("uuid:a", pictured.number), {"a.png": b"MZ" + b"\x00" * 90})
    assert broken.status == 400 and "a.png" in broken.said
    assert pictured.numbers_of() == {} and documents(pictured) == []
    for _each in range(2):
        kept(phone.send(picture("uuid:a", pictured.number), {"a.png": PNG}))
    assert documents(pictured) == ["a.png"]
    assert pictured.numbers_of() == {"uuid:a": 1}


def test_several_posts_make_one_filling(pictured: Field) -> None:
    phone = phone_of(pictured.cast.ratih)
    xml = picture("uuid:a", pictured.number)
    for _each in range(2):
        part = phone.send(xml, {"a.png": PNG}, more_comes=True)
        kept(part)
        assert "lanjutannya" in part.said
    assert pictured.numbers_of() == {} and documents(pictured) == []
    with as_owner() as owner:
        row = owner.execute("select a::text || f::text from field_arrival a, field_arrivedfile f")
        [[text]] = row.fetchall()
    assert "a.png" not in text and PNG.hex() not in text
    kept(phone.send(xml, {"b.png": PNG}))
    assert sorted(documents(pictured)) == ["a.png", "b.png"]
    assert pictured.numbers_of() == {"uuid:a": 1}
    kept(phone.send(xml, {"a.png": PNG}, more_comes=True))
    assert sorted(documents(pictured)) == ["a.png", "b.png"]
    with as_owner() as owner:
        assert owner.execute("select count(*) from field_arrivedfile").fetchone() == (0,)


# -- whose file -------------------------------------------------------------------------------


def unseen_numbers(field: Field) -> dict[str, str]:
    """Numbers that Ratih's phone must not tell apart."""
    yohana = field.cast.yohana
    opening = replace(OPENING, area="53.71", companion_id=yohana.user_id)
    with acting(yohana):
        foreign = case_operations.open_file(opening=opening, by=yohana, at=now()).case_id
    return {
        "foreign": custody.case_number(foreign), "unknown": custody.case_number(8_000_001),
        "mistyped": field.number[:-1] + ("2" if field.number[-1] != "2" else "3"), "none": "",
    }  # fmt: skip


def alike(replies: dict[str, Reply]) -> None:
    told = {(reply.status, reply.body, frozenset(reply.headers)) for reply in replies.values()}
    assert len(told) == 1, {name: reply.said for name, reply in replies.items()}


@pytest.mark.promise("phone-foreign-case", chapter="walls", sentence=FOREIGN)
def test_a_foreign_and_an_unknown_number_are_told_alike_and_nothing_is_lost(
    field: Field, phone: Phone, figure: Callable[[str], None]
) -> None:
    numbers = unseen_numbers(field)
    replies = {
        kind: phone.send(on_phone(with_id(f"uuid:{kind}"), number))
        for kind, number in numbers.items()
    }
    alike(replies)
    assert all(reply.status == 201 and "menunggu" in reply.said for reply in replies.values())
    with acting(field.cast.ratih):
        rows = queries.list_open(field.cast.ratih)
        typed = queries.typed_numbers(rows)
        assert {row.instance_id for row in rows} == {f"uuid:{kind}" for kind in numbers}
        assert numbers["foreign"] in typed.values()
    with as_owner() as owner:
        text = owner.execute("select string_agg(a::text, '') from field_arrival a").fetchone()
    assert text is not None and STORY.encode().hex() not in text[0]
    assert numbers["foreign"] not in text[0]
    with app_as(field.cast.yohana) as app:
        assert app.execute("select count(*) from field_arrival").fetchone() == (0,)
    figure(f"{len(numbers)} numbers that are not the person's answered with the same bytes")


@pytest.mark.planted("phone-foreign-case")
def test_planted_a_house_that_names_a_foreign_file_is_noticed(
    field: Field, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = unseen_numbers(field)

    def telling(number: str, by: Actor) -> object:
        if number == numbers["foreign"]:
            raise NotReachable("a file of another agency")
        return None

    monkeypatch.setattr("rangkul.field.operations.receiving.find_case", telling)
    replies = {
        kind: phone.send(on_phone(with_id(f"uuid:{kind}"), number))
        for kind, number in numbers.items()
    }
    with pytest.raises(AssertionError):
        alike(replies)


def waiting(field: Field, phone: Phone) -> Arrival:
    for _each in range(2):
        kept(phone.send(on_phone(with_id("uuid:w"), "")))
    with acting(field.cast.ratih):
        [row] = queries.list_open(field.cast.ratih)
    return row


def test_a_waiting_filling_gets_its_file_once(field: Field, phone: Phone) -> None:
    row = waiting(field, phone)
    cast = field.cast
    for actor in (cast.nining, cast.yohana, cast.joko):
        with acting(actor):
            assert queries.list_open(actor) == []
            with pytest.raises(NotReachable):
                operations.place_arrival(arrival_id=row.id, number=field.number, by=actor, at=now())
    with acting(cast.wahyuni):
        assert [each.id for each in queries.list_open(cast.wahyuni)] == [row.id]
        with pytest.raises(InvalidInput):
            operations.place_arrival(arrival_id=row.id, number="RK", by=cast.wahyuni, at=now())
        operations.place_arrival(arrival_id=row.id, number=field.number, by=cast.wahyuni, at=now())
        with pytest.raises(IllegalMove):
            operations.place_arrival(
                arrival_id=row.id, number=field.number, by=cast.wahyuni, at=now()
            )
        [filled] = assessment_queries.list_filled(cast.wahyuni, field.case_id)
        assert filled.assessed_by == cast.ratih.user_id
        acts = trail.list_subject(cast.bagas, "arrival", row.id)
    assert {act.name for act in acts} == {"filling.waits", "filling.placed"}
    kept(phone.send(on_phone(with_id("uuid:w"), "")))
    assert field.numbers_of() == {"uuid:w": 1}


def test_a_waiting_filling_is_thrown_away_for_good(field: Field, phone: Phone) -> None:
    row = waiting(field, phone)
    with acting(field.cast.ratih):
        with pytest.raises(InvalidInput):
            operations.discard_arrival(arrival_id=row.id, reason="x", by=field.cast.ratih, at=now())
        operations.discard_arrival(
            arrival_id=row.id, reason="uji_coba", by=field.cast.ratih, at=now()
        )
        assert queries.list_open(field.cast.ratih) == []
    with as_owner() as owner:
        found = owner.execute("select content_sealed, reason from field_arrival").fetchone()
        keys = owner.execute("select count(*) from foundation_datakey where subject = %s", [row.id])
        assert found == (None, "uji_coba") and keys.fetchone() == (0,)
    kept(phone.send(on_phone(with_id("uuid:w"), "")))
    with acting(field.cast.ratih):
        assert queries.list_open(field.cast.ratih) == []


def test_the_page_gives_a_filling_its_file_or_throws_it_away(field: Field, phone: Phone) -> None:
    row = waiting(field, phone)
    client = Client()
    sign_in(client, field.cast.ratih)
    assert "uji" in client.get("/perangkat/menunggu/").content.decode()
    wrong = client.post("/perangkat/menunggu/tempatkan/", {"arrival": row.id, "number": "RK-1"})
    assert wrong.status_code == 422 and 'value="RK-1"' in wrong.content.decode()
    unsaid = client.post("/perangkat/menunggu/buang/", {"arrival": row.id})
    assert unsaid.status_code == 422
    placed = client.post(
        "/perangkat/menunggu/tempatkan/", {"arrival": row.id, "number": field.number}
    )
    assert placed.status_code == 302 and field.number in placed["Location"]
    again = client.post("/perangkat/menunggu/buang/", {"arrival": row.id, "reason": "ganda"})
    assert again.status_code == 302
    assert field.numbers_of() == {"uuid:w": 1}


def test_a_part_that_never_becomes_whole_can_be_thrown_away(pictured: Field) -> None:
    phone = phone_of(pictured.cast.ratih)
    kept(phone.send(picture("uuid:a", ""), {"a.png": PNG}, more_comes=True))
    client = Client()
    sign_in(client, pictured.cast.ratih)
    with acting(pictured.cast.ratih):
        [row] = queries.list_open(pictured.cast.ratih)
    assert row.state == Arrival.PARTIAL
    gone = client.post("/perangkat/menunggu/buang/", {"arrival": row.id, "reason": "salah_isi"})
    assert gone.status_code == 302
    with acting(pictured.cast.ratih):
        assert queries.list_open(pictured.cast.ratih) == []


def test_a_phone_that_asks_too_fast_waits_and_loses_nothing(
    field: Field, phone: Phone, settings: Any
) -> None:
    settings.REQUESTS_PER_MINUTE = 2
    replies = [phone.get(f"{ROOT}/formList") for _each in range(3)]
    assert [reply.status for reply in replies] == [200, 200, 429]
    assert "tetap di HP" in replies[2].said and int(replies[2].headers["Retry-After"]) > 0
    # Another phone has a pace of its own.
    kept(phone_of(field.cast.ratih).send(on_phone(with_id("uuid:a"), field.number)))
