"""Phones: enrolled by whoever fills forms, their password shown once, withdrawn at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.clients import Client
from tests.field.phone import ROOT, Phone, Reply, phone_of
from tests.field.scene import Field, now, stage
from tests.people import Cast, sign_in
from tests.rows import app_as, as_owner

from rangkul.access.policy import Forbidden
from rangkul.field import operations, queries
from rangkul.foundation.actor import Actor
from rangkul.foundation.errors import InvalidInput, NotReachable
from rangkul.foundation.scope import acting
from rangkul.foundation.workflow import IllegalMove
from rangkul.network import operations as network
from rangkul.trail import queries as trail

MONTH = timedelta(days=30)
WITHDRAWN = (
    "A phone that was withdrawn, has expired, or whose person has left is refused at its next call."
)


@pytest.fixture(autouse=True)
def _committed(committed_db: None) -> None:
    """Every call is a transaction of its own."""


@pytest.fixture
def field(cast: Cast) -> Field:
    return stage(cast)


def enrol(actor: Actor) -> tuple[Phone, queries.Device]:
    with as_owner() as owner:
        owner.execute("update accounts_user set woken_at = now()")
    with acting(actor):
        device, password = operations.enrol_device(label="HP biru", life=MONTH, by=actor, at=now())
    return Phone(device.name, password), device


def test_the_password_is_shown_once_and_kept_by_nobody(field: Field) -> None:
    phone, device = enrol(field.cast.ratih)
    assert len(phone.password) >= 43
    with as_owner() as owner:
        row = owner.execute("select d::text from field_device d").fetchone()
    assert row is not None and phone.password not in row[0]
    assert "uji" in phone.forms()
    with acting(field.cast.ratih):
        acts = trail.list_subject(field.cast.bagas, "device", device.id)
        [listed] = queries.list_devices(field.cast.ratih)
    assert [act.name for act in acts] == ["device.enrolled"]
    assert phone.password not in str(acts[0].detail)
    assert listed.last_used_on == now().date()


def refused(reply: Reply) -> None:
    assert reply.status == 401
    assert reply.headers["WWW-Authenticate"].startswith("Basic ")
    assert reply.headers["X-OpenRosa-Version"] == "1.0"
    assert "tidak dikenal" in reply.said


@pytest.mark.promise("phone-withdrawn", chapter="sign-in", sentence=WITHDRAWN)
def test_a_withdrawn_phone_is_refused_at_its_next_call(
    field: Field, figure: Callable[[str], None]
) -> None:
    ended = 0
    phone, device = enrol(field.cast.ratih)
    assert phone.get(f"{ROOT}/formList").status == 200
    with acting(field.cast.ratih):
        operations.withdraw_device(device_id=device.id, by=field.cast.ratih, at=now())
    for reply in (phone.get(f"{ROOT}/formList"), phone.send(b"<data/>")):
        refused(reply)
        ended += 1
    with acting(field.cast.ratih), pytest.raises(IllegalMove):
        operations.withdraw_device(device_id=device.id, by=field.cast.ratih, at=now())
    for statement in (
        "update field_device set created_at = '2020-01-01', expires_at = '2020-01-02'",
        "update accounts_user set is_active = false where id = 9011",
        "update network_membership set until = now() where id = 9011",
        "update accounts_user set created_at = '2020-01-01', woken_at = null, last_login = null",
        "update accounts_user set must_change_password = true where id = 9011",
    ):
        with as_owner() as owner:
            owner.execute("update accounts_user set is_active = true, woken_at = now(), "
                          "must_change_password = false where id = 9011")  # fmt: skip
            owner.execute("update network_membership set until = null where id = 9011")
        fresh = phone_of(field.cast.ratih)
        assert fresh.get(f"{ROOT}/formList").status == 200
        with as_owner() as owner:
            owner.execute(statement)
        refused(fresh.get(f"{ROOT}/formList"))
        ended += 1
    figure(f"{ended} of {ended} calls after one of six endings refused")


@pytest.mark.planted("phone-withdrawn")
def test_planted_a_house_that_forgets_a_withdrawal_is_noticed(field: Field) -> None:
    phone, device = enrol(field.cast.ratih)
    with acting(field.cast.ratih):
        operations.withdraw_device(device_id=device.id, by=field.cast.ratih, at=now())
    with as_owner() as owner:
        found = owner.execute("select pg_get_functiondef('house.device_membership'::regproc)")
        row = found.fetchone()
        assert row is not None
        owner.execute(row[0].replace("d.withdrawn_at is null and", ""))
    with pytest.raises(AssertionError):
        refused(phone.get(f"{ROOT}/formList"))


def test_a_membership_that_ends_ends_its_phones(field: Field) -> None:
    phone, _device = enrol(field.cast.ratih)
    with acting(field.cast.sinta):
        network.end_membership(
            membership_id=field.cast.ratih.membership_id, version=1, by=field.cast.sinta, at=now()
        )
    refused(phone.get(f"{ROOT}/formList"))


def test_who_may_enrol_and_withdraw(field: Field) -> None:
    cast = field.cast
    for actor in (cast.bagas, cast.sinta):
        with acting(actor), pytest.raises(Forbidden):
            operations.enrol_device(label="x", life=MONTH, by=actor, at=now())
    _phone, device = enrol(cast.ratih)
    for actor in (cast.nining, cast.dorce, cast.andi):
        with acting(actor), pytest.raises(NotReachable):
            operations.withdraw_device(device_id=device.id, by=actor, at=now())
    with acting(cast.sinta):
        assert [row.id for row in queries.list_devices(cast.sinta)] == [device.id]
        operations.withdraw_device(device_id=device.id, by=cast.sinta, at=now())
    with app_as(cast.yohana) as app:
        assert app.execute("select count(*) from field_device").fetchone() == (0,)


def test_a_phone_has_a_name_an_end_and_few_siblings(field: Field) -> None:
    ratih = field.cast.ratih
    for label, life, errors in (
        (" ", MONTH, {"label": "required"}), ("x" * 61, MONTH, {"label": "too_long"}),
        ("x", timedelta(0), {"life": "too_far"}), ("x", timedelta(400), {"life": "too_far"}),
    ):  # fmt: skip
        with acting(ratih), pytest.raises(InvalidInput) as caught:
            operations.enrol_device(label=label, life=life, by=ratih, at=now())
        assert caught.value.errors == errors
    for _each in range(5):
        enrol(ratih)
    with pytest.raises(InvalidInput) as caught:
        enrol(ratih)
    assert caught.value.errors == {"label": "too_many"}


def test_whatever_is_shown_instead_of_a_password(field: Field) -> None:
    good, _device = enrol(field.cast.ratih)
    for name, password in (
        (good.name, "x"), ("hp-xxxxxxxx", good.password), ("", good.password), ("", ""),
        (good.name, good.password + "x"), ("\x00", "\udcff".encode("utf-8", "replace").decode()),
    ):  # fmt: skip
        refused(Phone(name, password).get(f"{ROOT}/formList"))
    for header in ("", "Basic", "Basic !", "Basic /w==", "Bearer rk_x", "Digest username=x",
                   "Basic " + "eA==" * 3000):  # fmt: skip
        reply = Client().get(f"{ROOT}/formList", headers={"Authorization": header})
        assert reply.status_code == 401, header
    client = Client()
    sign_in(client, field.cast.ratih)
    assert client.get(f"{ROOT}/formList").status_code == 401


def test_no_password_in_plain_text_but_on_the_own_machine(field: Field, settings: Any) -> None:
    phone, _device = enrol(field.cast.ratih)
    client = Client()
    away = client.get(f"{ROOT}/formList", headers=phone.headers(), REMOTE_ADDR="10.0.0.7")
    assert away.status_code == 403
    settings.TRIAL = False
    assert client.get(f"{ROOT}/formList", headers=phone.headers()).status_code == 403
    secure = client.get(f"{ROOT}/formList", headers=phone.headers(), secure=True)
    assert secure.status_code == 200


def test_the_pages_enrol_list_and_withdraw(field: Field) -> None:
    client = Client()
    sign_in(client, field.cast.ratih)
    assert "HP biru" not in client.get("/perangkat/").content.decode()
    refused_ = client.post("/perangkat/baru/", {"label": "", "days": "30"})
    assert refused_.status_code == 422
    made = client.post("/perangkat/baru/", {"label": "HP biru", "days": "30"})
    page = made.content.decode()
    assert made.status_code == 200 and "data:image/svg+xml" in page and "hp-" in page
    listed = client.get("/perangkat/").content.decode()
    assert "HP biru" in listed and "Formulir uji" in listed
    with acting(field.cast.ratih):
        [device] = queries.list_devices(field.cast.ratih)
    again = [client.post("/perangkat/cabut/", {"device": device.id}) for _n in range(2)]
    assert {answer.status_code for answer in again} == {302}
    assert client.post("/perangkat/cabut/", {"device": "x"}).status_code == 404
    stale = Client()
    sign_in(stale, field.cast.ratih, fresh=False)
    stale.post("/perangkat/baru/", {"label": "x", "days": "30"})
    with acting(field.cast.ratih):
        assert len(queries.list_devices(field.cast.ratih)) == 1


def test_an_unknown_phone_costs_what_a_withdrawn_one_costs(field: Field) -> None:
    """As many statements whatever is shown: the time tells nobody which names are known."""
    phone, device = enrol(field.cast.ratih)
    other, _other_device = enrol(field.cast.nining)
    with acting(field.cast.ratih):
        operations.withdraw_device(device_id=device.id, by=field.cast.ratih, at=now())
    counts = set()
    for name, password in (
        (phone.name, phone.password), (phone.name, "x"), (other.name, "x"), ("", ""),
        (phone.name, other.password),
    ):  # fmt: skip
        with CaptureQueriesContext(connection) as caught:
            refused(Phone(name, password).get(f"{ROOT}/formList"))
        counts.add(len(caught.captured_queries))
    assert len(counts) == 1
