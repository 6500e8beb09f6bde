"""Would operations have grown by 2012 if NATO had led no missions far away?

python experiments/headline_nato_stays_home.py --out results/headline_nato_stays_home
"""

from __future__ import annotations

from headline import Headline, headline

ASKED = Headline(outcome="level_operations>0.5@2012", start="japan_nato/nato_stays_home")

if __name__ == "__main__":
    headline(__file__, str(__doc__), ASKED)
