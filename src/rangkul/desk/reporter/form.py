"""What a teacher, a midwife or a village officer is asked: little, nothing to be found out."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from rangkul.desk.page import StaffRequest
from rangkul.desk.reports import places
from rangkul.desk.reports.form import SENTENCES, Words
from rangkul.foundation.errors import InvalidInput
from rangkul.look.fields import set_choices
from rangkul.reference import queries as reference
from rangkul.reports.content import MOST_ACCOUNT, MOST_LINE, OLDEST, About, ReportContent, Reporter

# How a report from such an institution reached the desk, and who tells it (codes).
_CHANNELS: Final = {
    "sekolah": "sekolah", "rumah_sakit": "rumah_sakit", "puskesmas": "rumah_sakit",
    "desa": "desa", "pkk": "desa", "polsek": "polisi", "polres": "polisi", "polda": "polisi",
}  # fmt: skip
_TELLERS: Final = {
    "sekolah": "guru", "rumah_sakit": "tenaga_kesehatan", "puskesmas": "tenaga_kesehatan",
    "desa": "aparat_desa", "pkk": "aparat_desa", "lsm": "lsm", "polsek": "polisi",
    "polres": "polisi", "polda": "polisi",
}  # fmt: skip

_YES_NO: Final = [("ya", _("Yes")), ("tidak", _("No")), ("", _("Not known yet"))]
_NO_DESK: Final = _(
    "No desk in Rangkul receives reports for this place yet. "
    "Please call SAPA 129, by day and night."
)
_BESIDE: Final = {
    "area": "area_words", "about_name": "name", "reporter_phone": "reach_me",
    "reporter_relation": "relation",
}  # fmt: skip


def _yes_no(label: Any, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, help_text=help_text, choices=_YES_NO, required=False, widget=forms.RadioSelect
    )


def _line(label: Any, help_text: Any = "") -> Words:
    return Words(
        label=label, help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": MOST_LINE}),
    )  # fmt: skip


class RegisteredReportForm(forms.Form):
    """One short page; only the words and the place are needed."""

    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    bahaya_kini = _yes_no(_("Is this person in danger right now?"))
    luka = _yes_no(_("Does this person need a doctor now?"))
    account = Words(
        label=_("What have you seen or heard?"),
        help_text=_("In your own words. Please do not question the person for this report."),
        widget=forms.Textarea(
            attrs={"rows": 5, "autocomplete": "off", "maxlength": MOST_ACCOUNT, "required": True}
        ),
    )
    name = _line(
        _("Who is it about?"), _("A name, or how we can recognise the person. May be empty.")
    )
    sex = forms.ChoiceField(label=_("Sex"), required=False, widget=forms.RadioSelect)
    age = forms.IntegerField(
        label=_("Age, as far as known"),
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 0, "max": OLDEST}),
    )
    area_words = _line(
        _("Where does it happen?"), _("Village, district or city. Type, then choose.")
    )
    area = forms.CharField(required=False, max_length=16)
    relation = _line(_("How do you know the person?"), _("For example: homeroom teacher, midwife."))
    reach_me = _line(
        _("How can we reach you safely?"),
        _("Telephone and a good time. We never say where we call from to anyone else."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "sex", reference.choices("jenis_kelamin"))
        self.fields["age"].error_messages["invalid"] = SENTENCES["impossible"]
        for field in self.fields.values():
            if "invalid_choice" in field.error_messages:
                field.error_messages["invalid_choice"] = SENTENCES["unknown"]

    @property
    def places(self) -> list[places.Place]:
        """The places that can be chosen now."""
        return places.offered(self._sent("area_words"), self._sent("area"))

    @property
    def asked(self) -> bool:
        """Whether a place was looked for."""
        return bool(self._sent("area_words"))

    def _sent(self, name: str) -> str:
        held = self.data if self.is_bound else self.initial
        return str(held.get(name) or "")

    @property
    def sent_token(self) -> UUID:
        """The form's own number; a damaged one counts as a new form."""
        found = self.cleaned_data.get("token")
        return found if isinstance(found, UUID) else uuid4()

    @classmethod
    def initial_of(cls, content: ReportContent) -> dict[str, Any]:
        """What was kept, as it stood on the form."""
        answers = content.answers or {}
        area = reference.get_areas([content.area]).get(content.area) if content.area else None
        return {
            "bahaya_kini": next(iter(answers.get("bahaya_kini", ())), ""),
            "luka": next(iter(answers.get("luka", ())), ""), "account": content.account,
            "name": content.about.name, "sex": content.about.sex, "age": content.about.age,
            "area": content.area, "area_words": area.full_name if area else "",
            "relation": content.reporter.relation, "reach_me": content.reporter.phone,
        }  # fmt: skip

    def content(self, request: StaffRequest) -> ReportContent:
        """What was typed, as a report of this institution; call after ``is_valid``."""
        got, kind = self.cleaned_data.get, request.membership.agency_kind
        answers = {name: [str(got(name))] for name in ("bahaya_kini", "luka") if got(name)}
        return ReportContent(
            channel=_CHANNELS.get(kind, "rujukan_masuk"),
            reporter_kind=_TELLERS.get(kind, "lembaga"),
            area=got("area") or "",
            account=got("account") or "",
            reporter=Reporter(
                name=request.user.display_name, phone=got("reach_me") or "",
                relation=got("relation") or "", institution=request.membership.agency_name,
            ),
            about=About(name=got("name") or "", sex=got("sex") or "", age=got("age")),
            answers=answers,
        )  # fmt: skip

    def take_faults(self, fault: InvalidInput) -> None:
        """Put what the operation could not take beside its field, in words."""
        for name, code in fault.errors.items():
            field = _BESIDE.get(name, name)
            sentence = _NO_DESK if code == "no_desk" else SENTENCES.get(code, SENTENCES["unknown"])
            if field not in self.errors:
                self.add_error(field if field in self.fields else None, sentence)
