"""The world as Mesa agents. This is the only place that imports Mesa (3.3 and later)."""

from alliance_sim.engine.mesa_model.agents import State, Threat
from alliance_sim.engine.mesa_model.alliance import Alliance, Member
from alliance_sim.engine.mesa_model.model import AllianceModel, Cast
from alliance_sim.engine.mesa_model.partnership import Partnership

__all__ = ["Alliance", "AllianceModel", "Cast", "Member", "Partnership", "State", "Threat"]
