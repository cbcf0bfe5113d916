"""Files that arrive stay in memory: a temporary file would leave on a disk what the vault seals."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

# More than any form takes. What is longer is counted and let go, so that the form can say so.
MOST_KEPT: Final = 11 * 1024 * 1024


class InMemoryOnly(FileUploadHandler):
    """Keeps a file in memory, or of one that is too long nothing but its length."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A new part of the form begins."""
        super().new_file(*args, **kwargs)
        self._kept = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """The next bytes; ``None`` tells Django that nobody after us wants them."""
        if start + len(raw_data) > MOST_KEPT:
            self._kept = BytesIO()
        elif self._kept.tell() == start:
            self._kept.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The file as the form sees it; ``size`` is what arrived."""
        self._kept.seek(0)
        return InMemoryUploadedFile(
            file=self._kept, field_name=self.field_name, name=self.file_name or "",
            content_type=self.content_type, size=file_size, charset=self.charset,
            content_type_extra=self.content_type_extra,
        )  # fmt: skip
