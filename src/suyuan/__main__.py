"""`python -m suyuan` is the command `suyuan`."""

import sys

from suyuan.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
