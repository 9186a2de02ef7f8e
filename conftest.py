"""Properties are about answers: not about time, nor about the luck of one run."""

from hypothesis import HealthCheck, settings

settings.register_profile("exploring", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same-examples", settings.get_profile("exploring"), derandomize=True)
settings.load_profile("same-examples")
