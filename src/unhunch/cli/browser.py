"""Opens an address in the user's browser, where it can outlive whoever opens it."""

import os
import shutil
import subprocess
import webbrowser


def show(address: str) -> bool:
    """Open `address`; False when no browser could be found.

    Inside a unit of systemd a browser that is started is a child of that unit and would end with it, so it gets a
    scope of its own. Elsewhere the standard library knows what to do, `BROWSER` included.
    """
    runner, opener = shutil.which("systemd-run"), shutil.which("xdg-open")
    if os.environ.get("INVOCATION_ID") and runner and opener and not os.environ.get("BROWSER"):
        line = [runner, "--user", "--scope", "--collect", "--quiet", "--", opener, address]
        try:
            subprocess.Popen(
                line,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError:
            return webbrowser.open(address)
        return True
    return webbrowser.open(address)
