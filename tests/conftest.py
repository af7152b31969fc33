"""Settings of all tests: hypothesis draws the same examples on every run, and no example has a deadline."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "steady", derandomize=True, deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow]
)
# `HYPOTHESIS_PROFILE=search` looks for new examples, many of them: for a developer hunting a defect.
settings.register_profile("search", settings.get_profile("steady"), derandomize=False, max_examples=2000)
# `make prove`: whoever compares opinions reads in the profile's name that many more estates are wanted.
settings.register_profile("prove", settings.get_profile("search"))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
