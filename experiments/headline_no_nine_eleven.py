"""Would the cooperation programme have come by 2014 without the attacks of 11 September 2001?

python experiments/headline_no_nine_eleven.py --out results/headline_no_nine_eleven
"""

from __future__ import annotations

from headline import Headline, headline

ASKED = Headline(
    outcome="rung>=8@2014",
    start="japan_nato/no_nine_eleven",
    follow=("anti_terrorism_law", "isaf", "isaf_expands", "replenishment_law", "resolute_support"),
)

if __name__ == "__main__":
    headline(__file__, str(__doc__), ASKED)
