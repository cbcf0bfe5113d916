"""The form as a phone gets it, with one question more: whose file; and the filling without it.

A phone holds no names and no list of cases. So the first question of every form on a phone is the
file's number, and the server takes the answer off again before it checks the filling: what is kept
is a filling of the published form, letter by letter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Final

from rangkul.assessments.form import language_tag
from rangkul.assessments.markup import locate, read_markup

CASE: Final = "rk_kasus"
_SHAPE: Final = "[Rr][Kk][- ]?[0-9A-Za-z]{4}[- ]?[0-9A-Za-z]{4}"
_WORDS: Final = {
    "label": ("Nomor berkas", "File number"),
    "hint": (
        (
            "Misalnya RK-7F3K-9QXT. Belum tahu nomornya? Biarkan kosong: isian menunggu di lembaga "
            "Anda sampai diberi berkas. Jangan tulis nama di sini."
        ),
        (
            "For example RK-7F3K-9QXT. Not known yet? Leave it empty: the filling waits at your "
            "agency until somebody gives it its file. Write no name here."
        ),
    ),
    "constraint": (
        "Nomor berkas berbentuk RK-7F3K-9QXT. Biarkan kosong bila belum tahu.",
        "A file number looks like RK-7F3K-9QXT. Leave it empty when it is not known yet.",
    ),
}


class NotForPhones(ValueError):
    """The form has a question of the name that we need for ours."""


@dataclass(slots=True)
class _Places:
    """Byte offsets in an XForm that pyxform drew; a later part of it stands further down."""

    root: str = ""
    in_model: int = 0
    in_root: int = 0
    in_body: int = 0
    model_ends: int = 0
    languages: list[tuple[str, int]] = field(default_factory=list)
    public_key: str = ""
    is_taken: bool = False


def public_key_of(xform: str) -> str:
    """The key (Base64) that the form's own author wants fillings sealed with; empty for none."""
    return _places(xform.encode()).public_key


def for_phones(xform: str, *, public_key: str = "") -> str:
    """A published form with our first question, and the agency's public key (Base64) if it has one.

    A key of the form's own stays. Raises ``NotForPhones``.
    """
    data = xform.encode()
    places = _places(data)
    if places.is_taken:
        raise NotForPhones(f"the form has an item {CASE}")
    path = f"/{places.root}/{CASE}"
    sealed = f"<submission base64RsaPublicKey={_quoted(public_key)}/>"
    inserted = [
        (places.in_root, f"<{CASE}/>"),
        (places.model_ends, _bind(path, bool(places.languages))),
        (places.in_body, _control(path, bool(places.languages))),
        *((place, _texts(path, name)) for name, place in places.languages),
    ]
    if public_key and not places.public_key:
        inserted.append((places.in_model, sealed))
    for place, text in sorted(inserted, reverse=True):
        data = data[:place] + text.encode() + data[place:]
    return data.decode()


def take_off(instance: bytes) -> tuple[bytes, str]:
    """The filling without our question, every other letter as it came, and what was answered to it.

    Raises ``MarkupRefused``.
    """
    for element in locate(instance):
        if len(element.around) == 1 and element.name.rpartition(":")[2] == CASE:
            answer = read_markup(instance).child(CASE)
            rest = instance[: element.begins] + instance[element.behind :]
            return rest, answer.text.strip() if answer else ""
    return instance, ""


def _places(data: bytes) -> _Places:
    places = _Places()
    for element in locate(data):
        around = element.around[-1] if element.around else ""
        if element.name == "model":
            places.in_model, places.model_ends = element.inside, element.ends
        elif element.name == "h:body":
            places.in_body = element.inside
        elif element.name == "submission" and around == "model":
            places.public_key = element.attributes.get("base64RsaPublicKey", "")
        elif element.name == "translation":
            places.languages.append((element.attributes.get("lang", ""), element.ends))
        elif around == "instance" and not places.root:
            places.root, places.in_root = element.name, element.inside
        elif element.name == CASE and around == places.root:
            places.is_taken = True
    return places


def _quoted(text: str) -> str:
    return f'"{escape(text)}"'


def _texts(path: str, language: str) -> str:
    english = language_tag(language) == "en"
    return "".join(
        f"<text id={_quoted(f'{path}:{part}')}><value>{escape(words[english])}</value></text>"
        for part, words in _WORDS.items()
    )


def _bind(path: str, translated: bool) -> str:
    said = f"jr:itext('{path}:constraint')" if translated else " / ".join(_WORDS["constraint"])
    return (
        f'<bind nodeset="{path}" type="string" constraint="regex(., \'{_SHAPE}\')" '
        f"jr:constraintMsg={_quoted(said)}/>"
    )


def _control(path: str, translated: bool) -> str:
    parts = []
    for part in ("label", "hint"):
        said = escape(" / ".join(_WORDS[part]))
        parts.append(
            f"<{part} ref=\"jr:itext('{path}:{part}')\"/>" if translated
            else f"<{part}>{said}</{part}>"
        )  # fmt: skip
    return f'<input ref="{path}">{"".join(parts)}</input>'
