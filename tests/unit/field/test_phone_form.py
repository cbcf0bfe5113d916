"""Our first question goes into a form and out of its filling; every other letter stays."""

from __future__ import annotations

import base64

import pytest
from tests.unit.assessments.forms import SETTINGS, Rows, ask, workbook

from rangkul.assessments.markup import MarkupRefused, locate
from rangkul.assessments.xform import parse
from rangkul.assessments.xlsform import read_workbook, to_xform
from rangkul.field import sealing
from rangkul.field.phone_form import CASE, NotForPhones, for_phones, public_key_of, take_off

PLAIN = [{"type": "text", "name": "a", "label": "A"}]


def drawn(rows: Rows, **settings: str) -> str:
    book = read_workbook(workbook(rows, choices=(), settings=settings or SETTINGS), "uji.xlsx")
    return to_xform(book).xml


def test_a_form_in_two_languages_asks_in_each() -> None:
    xml = drawn([ask("text", "a", "Apa", "What")])
    form = parse(for_phones(xml))
    item = form.items[f"/{form.root}/{CASE}"]
    assert (form.label(item, "id"), form.label(item, "en")) == ("Nomor berkas", "File number")
    assert "RK-7F3K-9QXT" in item.constraint_words["en"] and item.constraint is not None
    assert next(iter(form.items)) == item.path


def test_a_form_in_one_language_asks_in_both() -> None:
    form = parse(for_phones(drawn(PLAIN, form_id="z", version="1")))
    item = form.items[f"/{form.root}/{CASE}"]
    assert form.label(item, "id") == "Nomor berkas / File number"


def test_the_key_is_named_once() -> None:
    xml = drawn(PLAIN, form_id="z", version="1")
    assert public_key_of(xml) == "" and public_key_of(for_phones(xml, public_key="A+/=")) == "A+/="
    key = base64.b64encode(sealing.make_key()[0]).decode()
    own = drawn(PLAIN, form_id="z", version="1", public_key=key)
    served = for_phones(own, public_key="OTHER")
    assert public_key_of(served) == key and served.count("<submission") == 1


def test_a_form_with_a_question_of_that_name_is_none_for_phones() -> None:
    with pytest.raises(NotForPhones):
        for_phones(drawn([ask("text", CASE)]))
    within = [ask("begin group", "g"), ask("text", CASE), ask("end group", "")]
    assert CASE in for_phones(drawn(within))


def test_without_our_question_the_form_is_as_it_was() -> None:
    xml = drawn([ask("start", "start"), ask("text", "a", "Apa", "What"), ask("date", "lahir")])
    served = for_phones(xml, public_key="MIIB").encode()
    ours = [
        each
        for each in locate(served)
        if (each.name == CASE or CASE in str(each.attributes) or each.name == "submission")
        and each.around[-1] not in ("input", "text")
    ]
    assert len(ours) == 10
    for each in reversed(ours):
        served = served[: each.begins] + served[each.behind :]
    assert served.decode() == xml


@pytest.mark.parametrize(
    ("sent", "left", "number"),
    [
        ("<d><rk_kasus>RK-1 </rk_kasus><a>x</a></d>", "<d><a>x</a></d>", "RK-1"),
        ("<d>\n<rk_kasus/>\n<a/></d>", "<d>\n\n<a/></d>", ""),
        ("<d><rk_kasus></rk_kasus></d>", "<d></d>", ""),
        ("<d><rk_kasus  >R&amp;D</rk_kasus ></d>", "<d></d>", "R&D"),
        ("<?xml version='1.0' ?><d a='>'><a b='>'/><rk_kasus>1</rk_kasus></d>",
         "<?xml version='1.0' ?><d a='>'><a b='>'/></d>", "1"),
        ("<d><g><rk_kasus>1</rk_kasus></g></d>", "<d><g><rk_kasus>1</rk_kasus></g></d>", ""),
        ("<d><a>ä</a><rk_kasus>ü</rk_kasus><a>ö</a></d>", "<d><a>ä</a><a>ö</a></d>", "ü"),
        ("<d xmlns:p='u'><p:rk_kasus>1</p:rk_kasus></d>", "<d xmlns:p='u'></d>", "1"),
        ("<d/>", "<d/>", ""),
    ],
)  # fmt: skip
def test_the_filling_without_our_question(sent: str, left: str, number: str) -> None:
    assert take_off(sent.encode()) == (left.encode(), number)


def test_a_second_answer_to_it_stays_and_is_refused_later() -> None:
    rest, number = take_off(b"<d><rk_kasus>1</rk_kasus><rk_kasus>2</rk_kasus></d>")
    assert (rest, number) == (b"<d><rk_kasus>2</rk_kasus></d>", "1")


@pytest.mark.parametrize("sent", [b"", b"<d", b"<!DOCTYPE d><d/>", b"<d>" * 70 + b"</d>" * 70])
def test_what_is_not_taken_is_not_cut(sent: bytes) -> None:
    with pytest.raises(MarkupRefused):
        take_off(sent)


def test_places_are_those_of_the_tags() -> None:
    data = "<a x='1'>é<b/><c>t</c></a>".encode()
    told = [
        (each.name, data[each.begins : each.inside], data[each.ends : each.behind], each.around)
        for each in locate(data)
    ]
    assert told == [
        ("a", b"<a x='1'>", b"</a>", ()), ("b", b"<b/>", b"", ("a",)),
        ("c", b"<c>", b"</c>", ("a",)),
    ]  # fmt: skip
