"""Would equipment be where it is without the second Abe government?

python experiments/headline_no_second_abe.py --out results/headline_no_second_abe
"""

from __future__ import annotations

from headline import Headline, headline

ASKED = Headline(
    outcome="level_equipment>0.5@2024",
    start="japan_nato/no_second_abe",
    follow=("transfer_principles", "collective_self_defence"),
)

if __name__ == "__main__":
    headline(__file__, str(__doc__), ASKED)
