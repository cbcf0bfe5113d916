"""Who sends a report from outside, and learns nothing by it."""

from __future__ import annotations

from rangkul.access.permissions import CASE_CONTENT, INTAKE_CONTENT, SERVICE_CONTENT, Permission
from rangkul.access.roles.role import Role

P = Permission


class RegisteredReporter(Role):
    """One or two vouched persons of a school, village, PKK group or health post.

    Does: sends a report.
    Sees: that it was received, and that it is in hand; nothing more, for she may be the suspect.
    Never: the file, the directory of shelters, the outcome, other reports from the place, or that
    someone is known here.
    When the own institution is suspected, this access ends without a word.
    """

    code = "pelapor_terdaftar"
    label_id = "Pelapor terdaftar"
    label_en = "Registered reporter"
    permissions = frozenset({P.SEND_REGISTERED_REPORT})
    never = (CASE_CONTENT | SERVICE_CONTENT | INTAKE_CONTENT) | {P.READ_TRAIL, P.RUN_SYSTEM}
