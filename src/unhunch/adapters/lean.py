"""Keeps OpenSSL out of the daemon. Call it before asyncio is imported.

asyncio imports ssl where it can, and hashlib loads libcrypto: some 5 MiB that a daemon without a network connection
never uses, and one that has no TLS cannot phone anyone. `sys.modules[name] = None` makes an import fail as if the
module were missing, which asyncio and hashlib both expect and survive.
"""

import sys
from typing import Any, cast

UNWANTED = ("ssl", "_ssl", "_hashlib")


def keep_openssl_out() -> None:
    """From here on nothing can load OpenSSL. What is loaded already stays: then it is too late."""
    modules = cast("dict[str, Any]", sys.modules)
    for name in UNWANTED:
        modules.setdefault(name, None)
