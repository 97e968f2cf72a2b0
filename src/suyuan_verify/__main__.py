"""`python -m suyuan_verify`."""

import sys

from suyuan_verify.main import main

sys.exit(main())
