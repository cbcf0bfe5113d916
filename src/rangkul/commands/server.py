"""The embedded database for one instance: roles, database, migrations, scope secret, key ring."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from rangkul.foundation import embedded, keyring, roles


@dataclass
class Instance:
    """One trial installation under ``home/name``: its server, its key ring, its database."""

    name: str
    home: Path
    settings: dict[str, str]

    def __post_init__(self) -> None:
        self.server = embedded.EmbeddedServer(self.name, self.home, self.settings)
        self.ring_path = self.server.root / "keyring.json"
        self.database = "rangkul"

    @property
    def root(self) -> Path:
        """The folder that holds everything of this instance."""
        return self.server.root

    def start(self, *, only_if: Path | None = None) -> bool:
        """Start the server, make what is missing; true when the database is new.

        ``only_if`` is a file that stands once a demonstration has been loaded whole; without it
        what is there is half a demonstration, and is thrown away.

        A ring is made only together with its database: a missing ring beside existing data is a
        fault, never a reason for a new one.
        """
        self.server.start()
        passwords = {r: self.server.password(r) for r in (roles.OWNER, roles.APP, roles.READER)}
        with self.server.connect(embedded.SUPERUSER, "postgres") as superuser:
            roles.create_roles(superuser, passwords)
            if only_if is not None and not only_if.exists():
                superuser.execute(f'drop database if exists "{self.database}" with (force)')
            fresh = roles.create_database(superuser, self.database)
        if fresh and not self.ring_path.exists():
            keyring.create(self.ring_path)
        return fresh

    def environment(self, *, owner: bool) -> dict[str, str]:
        """The environment in which Rangkul's processes find this instance."""
        made = {
            "RANGKUL_EMBEDDED_URL": self.server.url(roles.APP, self.database),
            "RANGKUL_KEYRING": str(self.ring_path),
            "DJANGO_SETTINGS_MODULE": "rangkul.config.settings",
        }
        if owner:
            made["RANGKUL_EMBEDDED_OWNER_URL"] = self.server.url(roles.OWNER, self.database)
        return made

    def apply_environment(self, *, owner: bool) -> None:
        """Set the environment of this process, before Django is set up."""
        os.environ.update(self.environment(owner=owner))

    def stop(self) -> None:
        """Stop what ``start`` started."""
        self.server.stop()
