"""These need whole desktops, in the folder that `make desktops` makes: `make test` leaves them alone."""

import os

collect_ignore_glob = [] if os.environ.get("UNHUNCH_DESKTOPS") else ["test_*.py"]
