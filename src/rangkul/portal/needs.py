"""What people say that they need, in plain words, and which services that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rangkul.network.finding import Who
from rangkul.reference.services import ServiceCode

S = ServiceCode


@dataclass(frozen=True, slots=True)
class Need:
    """One need: its code in a form, its words and icon, and the services any of which helps."""

    code: str
    words: Promise
    icon: str
    services: frozenset[str]


_LIST: Final = (
    Need("aman", _("A safe place"), "home-heart", frozenset({S.HUNIAN})),
    Need("dokter", _("A doctor"), "stethoscope", frozenset({S.MEDIS, S.VISUM})),
    Need("bicara", _("Somebody to talk to"), "message-2-heart",
         frozenset({S.PSIKOLOGI, S.PSIKOSOSIAL, S.ROHANI})),
    Need("hukum", _("Law"), "scale", frozenset({S.BANTUAN_HUKUM, S.LPSK})),
    Need("polisi", _("Police"), "user-shield", frozenset({S.POLISI, S.LPSK})),
    Need("pulang", _("Going home"), "bus", frozenset({S.PEMULANGAN, S.LAYANAN_ASAL})),
    Need("hidup", _("Money and work"), "coins", frozenset({S.EKONOMI, S.VOKASI})),
    Need("sekolah", _("A child's school"), "school", frozenset({S.SEKOLAH})),
    Need("bahasa", _("An interpreter"), "language", frozenset({S.JURU_BAHASA})),
)  # fmt: skip

NEEDS: Final[Mapping[str, Need]] = MappingProxyType({need.code: need for need in _LIST})
"""The needs by code, the most pressing first."""

WHO: Final[Mapping[Who, Promise]] = MappingProxyType(
    {
        Who.ANYONE: _("Anybody"),
        Who.WOMAN: _("A woman"),
        Who.MAN: _("A man"),
        Who.CHILD: _("A child"),
        Who.DISABILITY: _("A person with a disability"),
    }
)
"""For whom help is looked for, in the order in which it is asked."""


def words_of(services: tuple[str, ...]) -> list[str]:
    """The needs that these services meet, each once, in the needs' order."""
    offered = set(services)
    return [str(need.words) for need in _LIST if need.services & offered]
