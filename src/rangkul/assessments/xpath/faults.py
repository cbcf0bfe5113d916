"""Why an expression is refused, in a sentence of each language."""

from __future__ import annotations

from rangkul.foundation.errors import RangkulError


class ExpressionRefused(RangkulError):
    """An expression that cannot be read, or uses what is not supported."""

    code = "expression_refused"

    def __init__(self, text_id: str, text_en: str) -> None:
        super().__init__(text_en)
        self.text_id = text_id
        self.text_en = text_en


def unreadable(text: str, at: int) -> ExpressionRefused:
    """The expression breaks off or goes wrong at a sign."""
    near = text[at : at + 20].strip()
    if near:
        return ExpressionRefused(
            f"Rumus tidak dapat dibaca mulai dari “{near}”.",
            f"The expression cannot be read from “{near}” on.",
        )
    return ExpressionRefused(
        "Rumus terputus di tengah.", "The expression breaks off before its end."
    )


def unknown_function(name: str) -> ExpressionRefused:
    """A function that the house does not know."""
    return ExpressionRefused(
        f"Fungsi {name}() tidak didukung di sini.", f"The function {name}() is not supported here."
    )


def wrong_count(name: str, found: int) -> ExpressionRefused:
    """A function with too many or too few arguments."""
    return ExpressionRefused(
        f"Fungsi {name}() tidak dapat dipakai dengan {found} masukan.",
        f"The function {name}() does not take {found} arguments.",
    )


def unsupported(what: str) -> ExpressionRefused:
    """A part of XPath that the house does not take: an axis, a variable, a wildcard."""
    return ExpressionRefused(
        f"“{what}” dalam rumus tidak didukung di sini.",
        f"“{what}” in an expression is not supported here.",
    )


def wrong_use(name: str, why_id: str, why_en: str) -> ExpressionRefused:
    """A known function used in a way that cannot be worked out alike everywhere."""
    return ExpressionRefused(f"Fungsi {name}(): {why_id}", f"The function {name}(): {why_en}")
