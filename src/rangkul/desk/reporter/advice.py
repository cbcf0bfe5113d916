"""What may be done at a school, a clinic or a village, in sentences that tell nothing else."""

from __future__ import annotations

from django.utils.translation import gettext as _

from rangkul.reports.institutions import ADVICE


def advice_words() -> dict[str, str]:
    """Code → sentence, in the order in which they are offered."""
    words = {
        "tidak_bertanya": _("Do not ask about what happened. Listen if the person begins to talk."),
        "rahasia": _("Tell no colleague, pupil or neighbour."),
        "orang_dipercaya": _("Let one person whom he or she trusts be there at any time."),
        "waktu_istirahat": _("Let him or her leave the room for a while when it is too much."),
        "waktu_tugas": _("Give more time for tasks and tests."),
        "tempat_duduk": _("Let him or her choose where to sit."),
        "tidak_menghubungi_rumah": _("Do not call the home before you hear from us."),
        "hanya_penjemput_biasa": _("If somebody else comes to fetch him or her, call us first."),
        "kabari_bila_tidak_datang": _("Let us know if he or she does not come."),
    }
    return {code: words[code] for code in ADVICE}
