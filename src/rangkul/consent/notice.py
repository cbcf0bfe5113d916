"""What is said before the survivor agrees, and the short lists that say who agreed and how.

UU 27/2022 art. 21–24: consent is informed, explicit, recorded, and provable with its notice. A
change of these words needs a new ``NOTICE_VERSION``: a basis keeps the version it was given under.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NOTICE_VERSION: Final = "2026-1"

NOTICE: Final[tuple[Promise, ...]] = (
    _("You decide. Saying no does not change the help you get here."),
    _("We tell this desk only what it needs to begin; you can see every line before it goes."),
    _("You may choose less, name a desk that must not know, or wait."),
    _("The agreement ends on the day you choose, and you can take it back at any time."),
    _("When you take it back, the packet can no longer be opened. What a clinic or the police must "
      "keep by their own law stays with them."),
    _("Some things the law makes us report. We tell you which before you begin to speak."),
)  # fmt: skip
"""Read to the person in her language, or shown; each sentence stands on its own."""

SURVIVOR, GUARDIAN, PROXY, LAW = "penyintas", "wali", "kuasa", "hukum"

GIVEN_BY: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        SURVIVOR: _("The survivor"),
        GUARDIAN: _("A safe parent or guardian"),
        PROXY: _("Somebody with the survivor's power of attorney"),
        LAW: _("The law, not a person"),
    }
)
"""Who gave the ground."""

MANNERS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "lisan": _("Spoken"),
        "tertulis": _("Written and signed"),
        "isyarat": _("In sign language or by gesture"),
        "telepon": _("By telephone"),
    }
)
"""How consent was given."""
