"""Properties are about answers, not about time: a shared machine may take as long as it likes."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
