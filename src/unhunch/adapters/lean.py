"""What the daemon leaves out of memory: modules that its libraries import for features nobody calls here.

OpenSSL is kept out for good. asyncio imports ssl where it can, and hashlib loads libcrypto: some 5 MiB that a daemon
without a network connection never uses, and one that has no TLS cannot phone anyone. `sys.modules[name] = None` makes
an import fail as if the module were missing, which asyncio and hashlib both expect and survive.

The rest only stands aside while one library is imported; whoever wants the real module later gets it.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any, cast

UNWANTED = ("ssl", "_ssl", "_hashlib")


def keep_openssl_out() -> None:
    """From here on nothing can load OpenSSL. Call it before asyncio is imported: what is loaded already stays."""
    modules = cast("dict[str, Any]", sys.modules)
    for name in UNWANTED:
        modules.setdefault(name, None)


@contextmanager
def standing_in(modules: Mapping[str, Mapping[str, object]]) -> Iterator[None]:
    """Meanwhile an import of one of `modules` gives a stand-in that has just these names.

    What is loaded already is left as it is, and so is what was imported with its help: the names are bound for good
    there, so give only those that are never used. Not for use while other threads import.
    """
    placed: dict[str, ModuleType] = {}
    for name, contents in modules.items():
        if name not in sys.modules:
            placed[name] = sys.modules[name] = ModuleType(name, "Stands in for what is not used here.")
            vars(placed[name]).update(contents)
    try:
        yield
    finally:
        for name, module in placed.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
