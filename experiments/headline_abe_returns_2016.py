"""Would equipment have come as early if Abe had returned four years later?

python experiments/headline_abe_returns_2016.py --out results/headline_abe_returns_2016
"""

from __future__ import annotations

from headline import Headline, headline

ASKED = Headline(
    outcome="level_equipment>0.5@2016",
    start="japan_nato/abe_returns_2016",
    follow=("transfer_principles", "collective_self_defence"),
)

if __name__ == "__main__":
    headline(__file__, str(__doc__), ASKED)
