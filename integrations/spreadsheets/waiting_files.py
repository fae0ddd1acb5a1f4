"""Where an uploaded spreadsheet waits for its confirmation, when there are several web processes or machines."""

from __future__ import annotations

from import_export.tmp_storages import CacheStorage


class SharedFile(CacheStorage):
    """In the cache that all web processes share, for an hour. Raises FileNotFoundError as a file would."""

    CACHE_LIFETIME = 3600

    def read(self) -> bytes | str:
        held = super().read()
        if held is None:
            raise FileNotFoundError(self.name)
        return held
