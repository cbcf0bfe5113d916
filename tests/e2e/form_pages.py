"""A form's page on the house's own origin, with the house's own scripts, frame and policies."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from playwright.sync_api import FrameLocator, Page, Request, Route
from pyxform.xls2xform import convert

STATIC = Path(__file__).parents[2] / "src/rangkul/look/static/rangkul"
ADDRESS = "/uji-formulir"
FRAME = "/formulir/bingkai/"
ID, EN = "label::Bahasa Indonesia (id)", "label::English (en)"
SAID_ID, SAID_EN = "constraint_message::Bahasa Indonesia (id)", "constraint_message::English (en)"

Row = dict[str, str]


def asked(kind: str, name: str, id_: str, en: str, **more: str) -> Row:
    """One row of a survey in both languages."""
    return {"type": kind, "name": name, ID: id_, EN: en} | {
        column.replace("__", "::"): value for column, value in more.items()
    }


def drawn(survey: Sequence[Row], choices: Sequence[Row] = (), code: str = "uji") -> str:
    """The XForm of a survey."""
    settings = {
        "form_id": code, "form_title": "Uji", "version": "1",
        "default_language": "Bahasa Indonesia (id)",
    }  # fmt: skip
    sheets = {"survey": list(survey), "choices": list(choices), "settings": [settings]}
    return str(convert(xlsform=sheets, validate=False).xform)


def listed(name: str, *choices: tuple[str, str, str]) -> list[Row]:
    """One list of choices in both languages."""
    return [{"list_name": name, "name": code, ID: id_, EN: en} for code, id_, en in choices]


YT = listed("yt", ("ya", "Ya", "Yes"), ("tidak", "Tidak", "No"))
SIGNS = listed(
    "tanda", ("utang", "Utang", "Debt"), ("dokumen", "Dokumen ditahan", "Papers held"),
    ("upah", "Tanpa upah", "Unpaid"),
)  # fmt: skip


def small_form() -> str:
    """Relevance, constraint, several choices, a repeated part and a sum, in both languages."""
    survey = [
        asked("select_one yt", "aman", "Apakah aman untuk berbicara?", "Is it safe to talk?",
              required="yes"),
        asked("text", "alasan", "Apa yang tidak aman?", "What is not safe?",
              relevant="${aman}='tidak'"),
        asked("integer", "umur", "Usia", "Age", constraint=". >= 0 and . <= 120")
        | {SAID_ID: "Usia 0 sampai 120.", SAID_EN: "Age 0 to 120."},
        asked("select_multiple tanda", "tanda", "Tanda yang terdengar", "Signs heard"),
        asked("begin_repeat", "anak", "Anak", "Child"),
        asked("text", "sebutan", "Sebutan anak", "What the child is called"),
        {"type": "end_repeat"},
        {"type": "calculate", "name": "bobot", "calculation": "count-selected(${tanda})"},
        asked("note", "kata", "Bobot: ${bobot}", "Weight: ${bobot}"),
    ]  # fmt: skip
    return drawn(survey, [*YT, *SIGNS])


def long_form(questions: int) -> str:
    """Many questions, as long as the longest instruments."""
    survey = [
        asked("select_one yt", f"q{n}", f"Pertanyaan nomor {n}", f"Question number {n}")
        if n % 3
        else asked("text", f"q{n}", f"Ceritakan {n}", f"Tell {n}", relevant=f"${{q{n - 1}}}='ya'")
        for n in range(1, questions + 1)
    ]
    total = " + ".join(f"(${{q{n}}}='ya')" for n in range(1, questions + 1) if n % 3)
    return drawn([{"type": "calculate", "name": "jumlah", "calculation": total}, *survey], YT)


def headers() -> dict[str, str]:
    """The policy that every page of the house bears."""
    directives: Mapping[str, Sequence[str]] = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    said = "; ".join(f"{name} {' '.join(values)}" for name, values in directives.items())
    return {"Content-Security-Policy": said, "Content-Type": "text/html; charset=utf-8"}


def frame_version(page: Page, base: str) -> str:
    """By what the frame of this build is kept: the beginning of its script's digest."""
    policy = page.request.get(base + FRAME).headers["content-security-policy"]
    digest = re.search(r"sha256-([\w+/=]+)", policy)
    assert digest is not None
    return base64.b64decode(digest[1]).hex()[:16]


@dataclass
class FormPage:
    """One page with a form, and what it has sent."""

    page: Page
    base: str
    form: str
    instance: str = ""
    problems: Sequence[Mapping[str, str]] = ()
    language: str = "id"
    frame_address: str = FRAME
    sent: list[str] = field(default_factory=list)

    def open(self) -> FrameLocator:
        """Go there; returns once the first question can be answered."""
        self.begin()
        self.frame.locator(".question-container").first.wait_for()
        return self.frame

    def begin(self) -> None:
        """Go there, whatever then opens."""
        self.page.route(f"**{ADDRESS}", self._answer)
        self.page.route(f"**{ADDRESS}/draf", lambda route: route.fulfill(status=204))
        self.page.goto(self.base + ADDRESS)

    @property
    def frame(self) -> FrameLocator:
        """What stands in the frame."""
        return self.page.frame_locator(".form-frame")

    def answer(self, question: str, *answers: str) -> None:
        """Tick answers of the question that is named by a part of its words."""
        box = self.frame.locator(".question-container", has_text=question)
        for each in answers:
            box.get_by_text(each, exact=True).click()

    def send(self) -> None:
        """Press the page's own button."""
        self.page.locator("[data-form-send]").press("Enter")

    def _answer(self, route: Route) -> None:
        if route.request.method == "POST":
            self.sent.append(_instance_of(route.request))
            route.fulfill(body="<!doctype html><p id=kept>kept</p>", headers=headers())
            return
        route.fulfill(body=self._drawn(), headers=headers())

    def _drawn(self) -> str:
        manifest: dict[str, Any] = json.loads((STATIC / "manifest.json").read_text())
        entries = [manifest["src/desk.ts"], manifest["src/form-page.ts"]]
        own = "/static/rangkul"
        links = [
            *(f'<link rel="stylesheet" href="{own}/{s}">' for e in entries for s in e["css"]),
            *(f'<script type="module" src="{own}/{e["file"]}"></script>' for e in entries),
        ]
        given = json.dumps({"form": self.form, "problems": list(self.problems)})
        given = given.replace("<", "\\u003c")
        instance = self.instance.replace("&", "&amp;").replace("<", "&lt;")
        return f"""<!doctype html><html lang="{self.language}"><head>{"".join(links)}
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body data-person="1" data-rendered="{int(time.time())}">
<main><h1>Uji</h1><p data-form-status role="status"></p><p data-form-progress></p>
<progress data-form-meter></progress>
<form id="filling" method="post" action="{ADDRESS}" data-once data-frame="{self.frame_address}"
 data-autosave="{ADDRESS}/draf"><textarea name="instance" hidden>{instance}</textarea>
<div data-form-place></div><p data-autosave-status></p></form>
<button type="button" data-form-send>Simpan</button>
<span data-form-languages><button type="button" data-form-language="id">Indonesia</button>
<button type="button" data-form-language="en">English</button></span></main>
<script type="application/json" id="form-given">{given}</script>
</body></html>"""


def _instance_of(request: Request) -> str:
    """The instance among the fields of a sent form."""
    return parse_qs(request.post_data or "").get("instance", [""])[0]
