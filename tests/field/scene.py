"""What a phone works on: a published form of Semarang and a committed case that Ratih carries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.domain.assessments.test_receiving import ANSWERS, publish, with_id
from tests.domain.referrals.scene import make_scene
from tests.people import Cast
from tests.unit.assessments.forms import RISK

from rangkul.assessments.models import FormVersion
from rangkul.custody import queries as custody
from rangkul.foundation.scope import acting


@dataclass
class Field:
    """A published form, and a case of Ratih's with its number."""

    cast: Cast
    form: FormVersion
    case_id: int

    @property
    def number(self) -> str:
        """The case's public number."""
        return custody.case_number(self.case_id)

    def numbers_of(self) -> dict[str, int]:
        """How often each instance id is kept in any file of Semarang."""
        from tests.rows import as_owner

        with as_owner() as owner:
            rows = owner.execute(
                "select instance_id, count(*) from assessments_submission "
                "where standing = 'kept' and source = 'phone' group by 1"
            ).fetchall()
        return dict(rows)


def stage(cast: Cast, rows: Any = RISK, **settings: str) -> Field:
    """Committed: each call of a phone is a transaction of its own."""
    form = publish(cast, rows, **settings)
    with acting(cast.ratih):
        case_id = make_scene(cast).case_id
    return Field(cast, form, case_id)


def now() -> datetime:
    """The present hour."""
    return datetime.now(UTC)


__all__ = ["ANSWERS", "Field", "now", "stage", "with_id"]
