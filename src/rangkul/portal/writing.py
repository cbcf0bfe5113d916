"""Writing to a desk, in steps: each says what comes next, and none keeps what was typed.

What was typed goes from step to step in a sealed hidden field; until it is sent nothing of it
stands anywhere. Every step is one form that posts to the one address.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from rangkul.foundation import hour
from rangkul.foundation.errors import InvalidInput
from rangkul.foundation.longcode import LongCode, TooManyAtTheDoor
from rangkul.network import queries as network
from rangkul.network.models import Desk
from rangkul.portal import carried, sealing
from rangkul.portal.effort import GATE, Kind, Verdict
from rangkul.portal.needs import NEEDS
from rangkul.portal.numbers import emergency_numbers
from rangkul.portal.page import PublicRequest, answer, public
from rangkul.reference import gazetteer
from rangkul.reference import queries as reference
from rangkul.reference.names import squeeze, without_prefix
from rangkul.reports import door, receipts
from rangkul.reports import operations as reports
from rangkul.reports.door import DoorContent, SafeContact

_PURPOSE: Final = "writing"
_LIFE: Final = timedelta(hours=6)
_LONGEST: Final = 80
_CHOICES: Final = 8

WAYS: Final[Mapping[str, Promise]] = {
    "kode": _("Only here, with my code"),
    "telepon": _("By telephone"),
    "pesan": _("By message (SMS or WhatsApp)"),
    "surel": _("By e-mail"),
    "jangan": _("Do not contact me at all"),
}

TELLERS: Final[Mapping[str, Promise]] = {
    "keluarga": _("Family"),
    "teman": _("Friend or colleague"),
    "tetangga": _("Neighbour"),
    "saksi": _("I saw or heard it"),
    "guru": _("Teacher or school"),
    "lainnya": _("Somebody else"),
}

SENTENCES: Final[Mapping[str, Promise]] = {
    "required": _("Please fill this in."),
    "too_long": _("This is too long. Please shorten it."),
    "unknown": _("Please choose again."),
    "no_desk": _("No desk takes reports for this place yet. Please call one of the numbers."),
    "too_large": _("One file is larger than 5 MB."),
    "too_many": _("That is more than can be taken."),
    "empty": _("One file is empty."),
    "infected": _("One file is not safe and was not taken."),
    "file": _("One file is of a kind that cannot be taken: pictures, recordings and PDF can."),
}


@dataclass(frozen=True, slots=True)
class Written:
    """All that was typed so far. ``nonce`` makes sending it twice one report."""

    nonce: str
    danger: bool | None = None
    area: str = ""
    need: str = ""
    besides: list[int] = field(default_factory=list)
    words: str = ""
    herself: bool | None = None
    teller: str = ""
    who: str = ""
    way: str = "kode"
    where: str = ""
    when: str = ""
    as_name: str = ""
    own_name: str = ""
    sealed_words: str = ""
    sealed_contact: str = ""

    @classmethod
    def fresh(cls) -> Written:
        """Nothing typed yet."""
        return cls(nonce=base64.b64encode(os.urandom(16)).decode())

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Written:
        """What a form carried; a field that another release had is left out."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in state.items() if name in known})

    @property
    def mark(self) -> str:
        """What tells a browser that a page belongs to this writing and no other."""
        return hashlib.sha256(self.nonce.encode()).hexdigest()[:16]

    @property
    def is_sealed(self) -> bool:
        """Whether the words were sealed by the browser, so that no page can show them again."""
        return bool(self.sealed_words)

    def opened(self) -> Written:
        """The same with what the browser sealed. Raises ``InvalidInput`` where it does not open."""
        at = hour.now()
        parts: dict[str, str] = {}
        if self.sealed_words:
            parts |= _only(sealing.open_part(self.sealed_words, at=at), ("words", "who"))
        if self.sealed_contact:
            found = sealing.open_part(self.sealed_contact, at=at)
            parts |= _only(found, ("where", "when", "as_name", "own_name"))
        return Written(**(asdict(self) | parts))

    def content(self) -> DoorContent:
        """The same for the house."""
        need = NEEDS.get(self.need)
        return DoorContent(
            area=self.area, words=self.words, danger=bool(self.danger),
            herself=bool(self.herself), teller=self.teller, who=self.who, own_name=self.own_name,
            contact=SafeContact(self.way, self.where, self.when, self.as_name),
            needs=need.services if need else (), besides=self.besides,
            language="en" if (get_language() or "id").startswith("en") else "id",
        )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@public
def writing(request: PublicRequest) -> HttpResponse:
    """Every step, by what the pressed button says."""
    if request.method != "POST":
        return _step(request, "danger", Written.fresh())
    state = carried.unseal(_PURPOSE, request.POST.get("state", ""), at=hour.now(), life=_LIFE)
    if state is None:
        return _step(request, "danger", Written.fresh(), late=True)
    written = Written.of(state)
    done = request.POST.get("do", "")
    if done.startswith("to-"):
        return _step(request, done.removeprefix("to-"), written)
    handler = _HANDLERS.get(done)
    return handler(request, written) if handler else _step(request, "danger", written)


def _step(
    request: PublicRequest, step: str, written: Written, *, status: int = 200,
    errors: Mapping[str, str] | None = None, **more: Any,
) -> HttpResponse:  # fmt: skip
    """One step's page; what it needs to know beside what was typed comes along."""
    if step not in _STEPS:
        step = "danger"
    state = carried.seal(_PURPOSE, asdict(written), at=hour.now())
    context = {
        "written": written,
        "state": state,
        "again": (
            {"state": state, "do": f"to-{step}"}
            if step in _AGAIN and request.method == "POST"
            else None
        ),
        "numbers": emergency_numbers(),
        "step": step,
        "place_in_row": _ROW.index(step) + 1 if step in _ROW else 0,
        "row": range(1, len(_ROW) + 1),
        "wrong": in_sentences(errors or {}),
        **_about(step, written, request),
        **more,
    }
    return answer(request, f"portal/writing/{step}.html", context, status=status)


def in_sentences(errors: Mapping[str, str]) -> dict[str, str]:
    """Field → what is wrong with it, in the reader's language."""
    return {
        name: str(SENTENCES.get(code) or SENTENCES["file" if name == "file" else "unknown"])
        for name, code in errors.items()
    }


_STEPS: Final = ("danger", "numbers", "place", "words", "contact", "look", "wait", "receipt")
# The last two follow from what was sent, and are not shown by asking.
_AGAIN: Final = _STEPS[:-2]
_ROW: Final = ("danger", "place", "words", "contact", "look")


def _about(step: str, written: Written, request: PublicRequest) -> dict[str, Any]:
    if step == "place":
        return {"needs": NEEDS.values(), "shown": _area_name(written.area)}
    if step in ("words", "look"):
        desk = _desk(written, request)
        found: dict[str, Any] = {
            "desk": desk,
            "is_open": desk is not None and network.open_now(desk, hour.now()),
            "tellers": TELLERS.items(), "most": door.MOST_WORDS, "key": _key(desk),
        }  # fmt: skip
        if step == "look":
            found |= {
                "challenge": GATE.ask(Kind.WRITE, at=hour.now()),
                "area_name": _area_name(written.area),
                "way": WAYS.get(written.way, ""),
                "teller": TELLERS.get(written.teller, ""),
            }
        return found
    if step == "contact":
        return {"ways": WAYS.items(), "key": _key(_desk(written, request))}
    return {}


def _desk(written: Written, request: PublicRequest) -> Desk | None:
    content = written.content()
    return network.public_desk(
        content.area, needs=content.needs, at=hour.now(), besides=content.besides
    )


def _key(desk: Desk | None) -> dict[str, str | int] | None:
    return sealing.key_of(desk.agency_id, at=hour.now()) if desk else None


def _area_name(code: str) -> str:
    area = reference.get_areas([code]).get(code) if code else None
    return area.full_name if area else ""


# -- what a pressed button does ---------------------------------------------------------------


def _danger(request: PublicRequest, written: Written) -> HttpResponse:
    """In danger now: the numbers first; the writing can wait, and goes on from there."""
    said = request.POST.get("danger", "")
    if said not in ("ya", "tidak"):
        return _step(request, "danger", written, status=422, errors={"danger": "required"})
    written = replace(written, danger=said == "ya")
    return _step(request, "numbers" if written.danger else "place", written)


def _place(request: PublicRequest, written: Written) -> HttpResponse:
    """A place by its name: one that fits goes on, several are offered."""
    words = _line(request, "q", _LONGEST)
    need = request.POST.get("need", "")
    written = replace(written, need=need if need in NEEDS else "")
    chosen = request.POST.get("choose", "")
    if chosen and reference.get_areas([chosen]):
        return _towards_words(request, replace(written, area=chosen, besides=[]))
    if written.area and words == _area_name(written.area):
        return _towards_words(request, written)
    found = gazetteer.find_places(words, limit=_CHOICES) if words else None
    hits = found.hits if found else ()
    typed = squeeze(words.partition(",")[0])
    exact = [hit for hit in hits if typed in {squeeze(hit.name), squeeze(without_prefix(hit.name))}]
    certain = exact or (hits if found and not found.are_guesses else ())
    if len(certain) == 1:
        return _towards_words(request, replace(written, area=certain[0].code, besides=[]))
    errors = {} if hits else {"q": "required" if not words else "unknown"}
    return _step(
        request, "place", written, status=422 if errors else 200, choices=hits, asked=words,
        errors=errors,
    )  # fmt: skip


def _towards_words(request: PublicRequest, written: Written) -> HttpResponse:
    if _desk(written, request) is None:
        return _step(request, "place", written, status=422, errors={"q": "no_desk"}, nowhere=True)
    return _step(request, "words", written)


def _another(request: PublicRequest, written: Written) -> HttpResponse:
    """Somebody at that desk must not read it: the next desk, and that one never."""
    written = _typed(request, written)
    desk = _desk(written, request)
    if desk is None:
        return _step(request, "words", written)
    other = replace(written, besides=[*written.besides, desk.agency_id][-20:])
    if _desk(other, request) is None:
        return _step(request, "words", written, no_other=True)
    return _step(request, "words", other)


def _words(request: PublicRequest, written: Written) -> HttpResponse:
    """What happened, to whom, as far as she wishes."""
    written = _typed(request, written)
    errors = {}
    if not written.words.strip() and not written.sealed_words:
        errors["words"] = "required"
    elif len(written.words) > door.MOST_WORDS:
        errors["words"] = "too_long"
    if written.herself is None:
        errors["herself"] = "required"
    if len(written.who) > door.MOST_LINE:
        errors["who"] = "too_long"
    if errors:
        return _step(request, "words", written, status=422, errors=errors)
    return _step(request, "contact", written)


def _typed(request: PublicRequest, written: Written) -> Written:
    """The fields of the words' step; words that the browser sealed come without their letters."""
    herself = request.POST.get("herself", "")
    teller = request.POST.get("teller", "")
    written = replace(
        written,
        herself={"saya": True, "lain": False}.get(herself),
        teller=teller if teller in TELLERS else "",
    )
    if "words" not in request.POST:
        sealed = request.POST.get("sealed", "")[: sealing.MOST]
        return replace(written, sealed_words=sealed or written.sealed_words)
    words = request.POST["words"].replace("\r\n", "\n").replace("\x00", "")[:20_000]
    return replace(written, words=words, who=_line(request, "who", 400), sealed_words="")


def _contact(request: PublicRequest, written: Written) -> HttpResponse:
    """How she may be reached, or that she may not."""
    written, errors = with_contact(request, written)
    if errors:
        return _step(request, "contact", written, status=422, errors=errors)
    return _step(request, "look", written)


def with_contact(request: PublicRequest, written: Written) -> tuple[Written, dict[str, str]]:
    """The contact's fields as they were sent, and what is wrong with them."""
    contact = read_contact(request)
    if "where" not in request.POST and request.POST.get("sealed"):
        sealed = request.POST["sealed"][: sealing.MOST]
        way = contact.way if contact.way in WAYS else ""
        errors = {} if way else {"way": "unknown"}
        return replace(written, way=way or "kode", sealed_contact=sealed), errors
    own_name = _line(request, "own_name", 400)
    written = replace(written, **asdict(contact), own_name=own_name, sealed_contact="")
    errors = door.wrong_contact(contact)
    if len(own_name) > door.MOST_LINE:
        errors["own_name"] = "too_long"
    return written, errors


def read_contact(request: PublicRequest) -> SafeContact:
    """A safe-contact choice as it was sent."""
    return contact_of(request.POST)


def contact_of(sent: Mapping[str, str]) -> SafeContact:
    """The same of fields that the browser had sealed, or had not."""
    way = sent.get("way", "")
    where = _one_line(sent.get("where", ""), 400) if way not in ("kode", "jangan") else ""
    when, as_name = (_one_line(sent.get(name, ""), 400) for name in ("when", "as_name"))
    return SafeContact(way, where, when, as_name)


def unsealed(request: PublicRequest, *names: str) -> dict[str, str]:
    """Fields as they were typed, opened where the browser sealed them; what is missing is empty.

    Raises ``InvalidInput`` (``words``) for a part that does not open.
    """
    sealed = request.POST.get("sealed", "")
    opened = sealing.open_part(sealed, at=hour.now()) if sealed else {}
    return {name: request.POST.get(name) or opened.get(name, "") for name in names}


def _only(found: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    return {name: found[name].replace("\x00", "")[:20_000] for name in names if name in found}


def _line(request: PublicRequest, name: str, most: int) -> str:
    return _one_line(request.POST.get(name, ""), most)


def _one_line(text: str, most: int) -> str:
    return " ".join(text.replace("\x00", "").split())[:most]


# -- sending ----------------------------------------------------------------------------------


def _send(request: PublicRequest, written: Written) -> HttpResponse:
    """Send it once: the work is done or waited for, the report stands, the code is shown."""
    verdict, seconds = GATE.judge(
        Kind.WRITE, request.POST.get("effort", ""), request.POST.get("answer", ""), at=hour.now()
    )
    nonce = base64.b64decode(written.nonce)
    if verdict is Verdict.WAIT:
        return _step(request, "wait", written, seconds=seconds, word=request.POST.get("effort", ""))
    files = request.FILES.getlist("files")
    try:
        contents = _files(files)
        if verdict is Verdict.ANEW and not reports.was_sent(nonce=nonce, at=hour.now()):
            return _step(request, "look", written, anew=True)
        taken = reports.send_public(content=written.opened().content(), nonce=nonce, at=hour.now())
    except TooManyAtTheDoor:
        return _step(request, "look", written, busy=True, status=503)
    except reports.SentBefore:
        return _step(request, "receipt", Written.fresh(), before=True)
    except InvalidInput as fault:
        return _refused(request, written, fault)
    code = receipts.code_of_form(nonce)
    refused = _add_files(request, code, contents) if taken is not None else 0
    return _step(
        request, "receipt", Written.fresh(), code=code, danger=written.danger,
        desk=taken.desk if taken else None, silent=written.way == "jangan", refused=refused,
    )  # fmt: skip


def files_of(sent: list[Any]) -> list[bytes]:
    """The chosen files, opened where the browser sealed them; empty ones are left out.

    Raises ``InvalidInput`` (``file``) for too many, one too large, or one that does not open.
    """
    if len(sent) > reports.MOST_FILES:
        raise InvalidInput({"file": "too_many"})
    if any(file.size > reports.MOST_BYTES + sealing.ROOM for file in sent):
        raise InvalidInput({"file": "too_large"})
    opened = (sealing.open_file(file.read(), at=hour.now()) for file in sent)
    return [content for content in opened if content]


def _files(sent: list[Any]) -> list[bytes]:
    contents = files_of(sent)
    for content in contents:
        reports.check_file(content)
    return contents


def _add_files(request: PublicRequest, code: LongCode, contents: list[bytes]) -> int:
    """The files behind the report that stands already; how many could not be taken."""
    if not contents:
        return 0
    pointer = reports.find_receipt(code=code, at=hour.now())
    refused = 0
    for content in contents:
        try:
            if pointer is not None:
                reports.add_file(pointer=pointer, content=content, at=hour.now())
        except InvalidInput:
            refused += 1
    return refused


_WHERE: Final[Mapping[str, str]] = {
    "words": "words", "account": "words", "who": "words", "about_name": "words",
    "teller": "words", "area": "place", "file": "look",
}  # fmt: skip


def _refused(request: PublicRequest, written: Written, fault: InvalidInput) -> HttpResponse:
    """Back to the step where what could not be taken stands."""
    name = next(iter(fault.errors))
    errors = {("q" if key == "area" else key): code for key, code in fault.errors.items()}
    return _step(request, _WHERE.get(name, "contact"), written, status=422, errors=errors)


_HANDLERS: Final = {
    "danger": _danger,
    "place": _place,
    "another": _another,
    "words": _words,
    "contact": _contact,
    "send": _send,
}

urlpatterns: list[URLPattern] = [path("tulis/", writing, name="writing")]
