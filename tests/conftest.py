"""Settings that every test shares."""

import os
import signal

from hypothesis import HealthCheck, settings

# How long a command is silent says more about the machine, too; see `cli.activity`.
os.environ.setdefault("ALLIANCE_SIM_QUIET", "1")

# Programs that tests stop have to hear Ctrl-C, also where `nohup` or `&` began it all deaf to it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says more about the machine than about the code; and a check that passed
# has to pass again on the same code.
settings.register_profile(
    "alliance_sim",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("alliance_sim")
