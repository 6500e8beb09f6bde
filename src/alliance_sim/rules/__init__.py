"""What actors do: scalars in, scalar out, no state, no dates, no names, no chance of their own.

Every decision of the model exists once, here. Mesa agents call these functions as they are; a
compiled engine compiles the same source (`alliance_sim.compiled`). Only `+ - * /`, comparisons,
`sqrt`, conditionals, bounded loops and other rules may be used; a test refuses anything else.
"""
