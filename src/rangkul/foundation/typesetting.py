"""Papers as PDF: a typst template of a package and plain data; the words are data, never markup."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources

import typst


def typeset(package: str, template: str, data: Mapping[str, object]) -> bytes:
    """The PDF of ``letter/<template>`` in ``package``, which reads ``data`` as ``letter``.

    Only the typefaces that typst brings are used, so that a paper looks the same on any machine.
    """
    source = resources.files(package).joinpath("letter", template).read_bytes()
    made: bytes = typst.compile(
        source,
        format="pdf",
        sys_inputs={"letter": json.dumps(data, ensure_ascii=False)},
        ignore_system_fonts=True,
    )
    return made
