#!/usr/bin/env python3
"""For callers that still name this script: the program itself, with the same flags."""

import os
import shutil
import sys

PROGRAM = shutil.which("cpa-image")
if PROGRAM is None:
    sys.exit("cpa-image is not installed. `uv tool install cpa-image` or `pipx install cpa-image` installs it.")
os.execv(PROGRAM, [PROGRAM, "generate", *sys.argv[1:]])
