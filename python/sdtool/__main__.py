"""`python -m sdtool`."""

import sys

from sdtool.cli import main

sys.exit(main())
