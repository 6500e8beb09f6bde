"""One run as one function of named numbers, which is what tools of others ask of a model.

Names of parameters are paths into the scenario with `__` for the dots, because most tools want
valid identifiers:

    willingness__threat_state=1.2               the number at willingness.threat_state
    juncture__nine_eleven__present=False        whether a juncture happens
    juncture__nine_eleven__date="2003-09-11"    when it happens
    council__rule="weighted_majority"           a setting that is not a number
    time__last_year=2014                        a whole number

Paths with dots are accepted as well. `parameters` lists what there is.
"""

from alliance_sim.interop.function import parameters, run, run_points, run_trajectories
from alliance_sim.scenario.parameters import Parameter

__all__ = ["Parameter", "parameters", "run", "run_points", "run_trajectories"]
