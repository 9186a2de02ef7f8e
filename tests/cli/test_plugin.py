"""``plugin new`` and ``plugin check`` as an author sees them."""
