"""`python -m unhunch` is `unhunch`."""

import sys

from unhunch.instant import main

if __name__ == "__main__":
    sys.exit(main())
