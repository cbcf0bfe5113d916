"""The realm (ranah) of an act of violence, derived from the relationship and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from rangkul.reference.release import read_codes


class Realm(StrEnum):
    """Personal: blood, kinship, marriage, intimacy. Negara: state apparatus on duty.

    Komunitas is everyone else: a domestic worker beaten by her employer is harmed in the
    community, whatever the house. Belum jelas: the suspect, or how near he stood, is not known.
    """

    PERSONAL = "personal"
    KOMUNITAS = "komunitas"
    NEGARA = "negara"
    BELUM_JELAS = "belum_jelas"


class UnknownRelationship(LookupError):
    """A code that neither relationship list holds."""


@lru_cache(maxsize=1)
def _realms() -> Mapping[str, Realm]:
    fine = read_codes("hubungan_rinci")
    under: dict[str, set[Realm]] = {code.code: set() for code in read_codes("hubungan_pelaku")}
    realms: dict[str, Realm] = {}
    for code in fine:
        realms[code.code] = Realm(code.mappings["realm"])
        under[code.parent_code].add(realms[code.code])
    for coarse, found in under.items():
        if coarse not in realms:
            realms[coarse] = found.pop() if len(found) == 1 else Realm.BELUM_JELAS
    return MappingProxyType(realms)


def realm_of(relationship_code: str) -> str:
    """The realm for a code of ``hubungan_rinci``, or of ``hubungan_pelaku`` if that is all known.

    A coarse code that spans realms (*pacar/teman*, *lainnya*) gives ``belum_jelas``: asking the
    finer one is better than guessing. Raises `UnknownRelationship`.
    """
    try:
        return _realms()[relationship_code].value
    except KeyError:
        raise UnknownRelationship(relationship_code) from None
