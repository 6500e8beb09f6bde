"""Would the cooperation programme have come by 2014 if the Cold War had ended in 2000?

python experiments/headline_cold_war_until_2000.py --out results/headline_cold_war_until_2000
"""

from __future__ import annotations

from headline import Headline, headline

ASKED = Headline(outcome="rung>=8@2014", start="japan_nato/cold_war_until_2000")

if __name__ == "__main__":
    headline(__file__, str(__doc__), ASKED)
