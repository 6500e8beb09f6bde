"""A page in the browser on which one run of the Mesa model is played, stepped through and read.

    solara run alliance_sim.viz --production

It needs the extra "viz", and no internet. Every browser tab has a run of its own; the same
scenario, seed and run give the same numbers again. It is for those who edit agents: `page_of` shows
a `Cast` of one's own.
"""

from alliance_sim.viz.page import Layout as Layout  # the two names that Solara looks for
from alliance_sim.viz.page import Page as Page
from alliance_sim.viz.page import page_of

__all__ = ["page_of"]
