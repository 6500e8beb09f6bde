"""Settings that every test shares."""

import os

from hypothesis import HealthCheck, settings

# How long a command is silent says more about the machine, too; see `cli.activity`.
os.environ.setdefault("ALLIANCE_SIM_QUIET", "1")

# How long an example takes says more about the machine than about the code; and a check that passed
# has to pass again on the same code.
settings.register_profile(
    "alliance_sim",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("alliance_sim")
