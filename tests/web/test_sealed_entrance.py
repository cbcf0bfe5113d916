"""What a stolen dump holds of sessions and second factors opens nothing."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as PlainStore
from tests.clients import Client
from tests.people import Cast, sign_in
from tests.rows import as_owner

from rangkul.accounts import sealed, sessions
from rangkul.accounts.factor_adapter import FactorAdapter
from rangkul.accounts.models import Session, User

pytestmark = pytest.mark.django_db

SENTENCE = "A stolen database gives no session that opens a page and no secret of a second factor."


def rows_of(table: str) -> list[dict[str, Any]]:
    """What a thief reads: every row of a table, by a bare query."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"select * from {table}")
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def openings(table: str) -> list[int]:
    """Try every text of every row as a session cookie; which tries opened a page."""
    opened = []
    for row in rows_of(table):
        for value in row.values():
            if not isinstance(value, str) or not value or len(value) > 200:
                continue
            browser = Client()
            browser.cookies[settings.SESSION_COOKIE_NAME] = value
            opened.append(browser.get("/akun/saya/").status_code == 200)
    return [place for place, each in enumerate(opened) if each]


def telling(text: str, word: str) -> bool:
    """Whether ``word`` stands in ``text``, plain or in base64 at any of its three offsets."""
    forms = {word}
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + word.encode()).decode()
        forms.add(coded[4:-4])
    return any(form in text for form in forms)


@pytest.mark.promise("sign-in-sealed", chapter="sign-in", sentence=SENTENCE)
def test_no_row_of_a_session_opens_a_page_or_tells_anything(cast: Cast, figure: Any) -> None:
    clients = [Client() for _ in range(3)]
    for client, actor in zip(clients, (cast.ratih, cast.sinta, cast.yohana), strict=True):
        sign_in(client, actor)
        assert client.get("/akun/saya/").status_code == 200
    stolen = rows_of("accounts_session")
    assert len(stolen) == 3
    keys = [client.cookies[settings.SESSION_COOKIE_NAME].value for client in clients]
    everything = json.dumps(stolen, default=str)
    for word in (*keys, "_auth_user_id", "_auth_user_hash", "membership_id"):
        assert not telling(everything, word), word
    assert openings("accounts_session") == []
    assert rows_of("django_session") == []
    figure("0 of 3 stolen sessions opened a page; 0 of their words could be read")


@pytest.mark.planted("sign-in-sealed")
def test_planted_a_plain_store_gives_the_key_away(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "row_key", lambda key: key)
    client = Client()
    sign_in(client, cast.ratih)
    assert openings("accounts_session") != []


@pytest.mark.planted("sign-in-sealed")
def test_planted_words_that_are_only_signed_are_read(cast: Cast) -> None:
    store = PlainStore()
    store.update({"_auth_user_id": "9011", "membership_id": 9011})
    words = store.encode(dict(store.items()))
    # Django's own form is compressed and signed: whoever has it reads it.
    from django.core import signing

    assert signing.loads(words, salt=store.key_salt, key=settings.SECRET_KEY)
    assert not sealed.is_sealed(words)


def test_a_row_does_not_open_in_the_place_of_another(cast: Cast) -> None:
    mine, hers = Client(), Client()
    sign_in(mine, cast.ratih)
    sign_in(hers, cast.sinta)
    my_row = Session.objects.get(user_id=cast.ratih.user_id)
    her_row = Session.objects.get(user_id=cast.sinta.user_id)
    Session.objects.filter(pk=my_row.pk).update(session_data=her_row.session_data)
    assert mine.get("/akun/saya/").status_code == 302
    assert hers.get("/akun/saya/").status_code == 200


def test_a_row_in_plain_words_is_no_session(cast: Cast) -> None:
    client = Client()
    sign_in(client, cast.ratih)
    row = Session.objects.get(user_id=cast.ratih.user_id)
    plain = PlainStore().encode({"_auth_user_id": "9011"})
    Session.objects.filter(pk=row.pk).update(session_data=plain)
    assert client.get("/akun/saya/").status_code == 302


def set_up(user: User) -> tuple[str, list[str]]:
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret, RecoveryCodes.activate(user).generate_codes()


@pytest.mark.promise("sign-in-sealed", chapter="sign-in", sentence=SENTENCE)
def test_the_secrets_of_second_factors_stand_sealed(cast: Cast, figure: Any) -> None:
    user = User.objects.get(pk=cast.ratih.user_id)
    secret, codes = set_up(user)
    stolen = json.dumps(rows_of("mfa_authenticator"), default=str)
    for word in (secret, *codes):
        assert not telling(stolen, word)
    data = {a.type: a.data for a in Authenticator.objects.filter(user_id=user.pk)}
    assert sealed.is_sealed(data["totp"]["secret"])
    assert sealed.is_sealed(data["recovery_codes"]["seed"])
    # Yet they work.
    assert FactorAdapter().decrypt(data["totp"]["secret"]) == secret
    assert (
        Authenticator.objects.get(user_id=user.pk, type="recovery_codes")
        .wrap()
        .validate_code(codes[0])
    )
    figure("0 of 1 TOTP secrets and 0 of 10 spare codes read from their rows")


@pytest.mark.planted("sign-in-sealed")
def test_planted_the_librarys_own_adapter_leaves_them_plain(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FactorAdapter, "encrypt", lambda self, text: text)
    secret, _codes = set_up_plain(User.objects.get(pk=cast.ratih.user_id))
    assert telling(json.dumps(rows_of("mfa_authenticator"), default=str), secret)


def set_up_plain(user: User) -> tuple[str, list[str]]:
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret, []


def test_a_secret_written_in_plain_is_never_used() -> None:
    with pytest.raises(sealed.NotSealedByUs):
        FactorAdapter().decrypt("JBSWY3DPEHPK3PXP")
    with pytest.raises(sealed.NotSealedByUs):
        FactorAdapter().decrypt(sealed.seal("x", purpose="something else"))


@pytest.mark.usefixtures("committed_db")
def test_the_migration_seals_what_stood_in_plain_words(cast: Cast) -> None:
    from importlib import import_module

    from django.apps import apps
    from django.db import connection

    user = User.objects.get(pk=cast.ratih.user_id)
    with as_owner() as owner:
        owner.execute(
            "insert into mfa_authenticator (user_id, type, data, created_at) values "
            "(%s, 'totp', '{\"secret\": \"JBSWY3DPEHPK3PXP\"}', now())", [user.pk],
        )  # fmt: skip
    module = import_module("rangkul.accounts.migrations.0003_sealed_sessions")

    class Editor:
        """All that the step asks of a schema editor."""

        def __init__(self) -> None:
            self.connection = connection

    for _twice in range(2):
        module.seal_factors(apps, Editor())
    row = Authenticator.objects.get(user_id=user.pk)
    assert FactorAdapter().decrypt(row.data["secret"]) == "JBSWY3DPEHPK3PXP"
    assert "JBSWY" not in json.dumps(row.data)
