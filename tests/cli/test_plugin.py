"""``plugin new`` and ``plugin check`` as an author sees them."""

import json

from benchsuite.cli.app import app
