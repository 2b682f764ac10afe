"""Two Syncthing daemons that carry one folder between two beds, over loopback alone."""

import json
import re
import socket
import subprocess
import urllib.request

from tests.desktop.bed import Bed
from tests.desktop.parts import needs

CONFIG = """<configuration version="36">
<folder id="unhunch" path="{path}" type="sendreceive" rescanIntervalS="10" fsWatcherEnabled="true" fsWatcherDelayS="1">
<device id="{own}"/><device id="{other}"/><minDiskFree unit="%">0</minDiskFree></folder>
<device id="{own}" name="here"><address>dynamic</address></device>
<device id="{other}" name="there"><address>tcp://127.0.0.1:{to}</address></device>
<gui enabled="true"><address>127.0.0.1:{gui}</address><apikey>{key}</apikey></gui>
<options><listenAddress>tcp://127.0.0.1:{port}</listenAddress><globalAnnounceEnabled>false</globalAnnounceEnabled>
<localAnnounceEnabled>false</localAnnounceEnabled><relaysEnabled>false</relaysEnabled><natEnabled>false</natEnabled>
<startBrowser>false</startBrowser><urAccepted>-1</urAccepted><crashReportingEnabled>false</crashReportingEnabled>
<reconnectionIntervalS>1</reconnectionIntervalS><autoUpgradeIntervalH>0</autoUpgradeIntervalH>
<setLowPriority>false</setLowPriority></options></configuration>
"""
KEY = "loopback"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Carrier:
    """One side."""

    def __init__(self, bed: Bed) -> None:
        needs("syncthing")
        self.bed, self.home = bed, bed.home / "syncthing"
        self.folder = bed.home / "Sync/unhunch"
        self.folder.mkdir(parents=True, mode=0o700)
        (self.folder / ".stfolder").mkdir()
        done = bed.output("syncthing", "generate", "--home", str(self.home), "--skip-port-probing")
        found = re.search(r"(?:[A-Z2-7]{7}-){7}[A-Z2-7]{7}", done)
        self.id = found[0] if found else bed.output("syncthing", "--home", str(self.home), "--device-id").strip()
        self.port, self.gui = free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, other: "Carrier") -> None:
        text = CONFIG.format(
            path=self.folder, own=self.id, other=other.id, to=other.port, port=self.port, gui=self.gui, key=KEY
        )
        (self.home / "config.xml").write_text(text)
        self.process = self.bed.spawn(
            "syncthing", "serve", "--home", str(self.home), "--no-browser", "--no-restart", "--no-upgrade"
        )

    def stop(self) -> None:
        """The desk is cut off."""
        assert self.process is not None
        self.bed.stop(self.process)
        self.process = None

    def connected(self) -> bool:
        """Whether the other side is there."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.gui}/rest/system/connections", headers={"X-API-Key": KEY}
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as reply:
                known = json.load(reply)["connections"]
        except OSError:
            return False
        return any(one["connected"] for one in known.values())


def join(a: Carrier, b: Carrier) -> None:
    for one, other in ((a, b), (b, a)):
        if one.process is None:
            one.start(other)
    a.bed.until("the two to meet", a.connected)
