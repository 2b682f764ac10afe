"""`python -m unhunch` is `unhunch`."""

import sys

from unhunch.cli import main

if __name__ == "__main__":
    sys.exit(main())
