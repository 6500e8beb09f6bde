# ruff: noqa: INP001 - beside conf.py, not in a package
"""The symbols by which the equations of reference/model.md call the numbers of a scenario."""

from __future__ import annotations

# The symbol of each number in the equations of that page; {d} stands for the domain or series.
SYMBOLS = {
    "willingness.slow_memory": r"\rho",
    "willingness.slow_noise": "s_u",
    "willingness.threat_state": "b_{T,J}",
    "willingness.threat_alliance": "b_{T,N}",
    "willingness.distraction": "b_D",
    "willingness.abandonment": "f_A",
    "willingness.dependence": "D",
    "willingness.entrapment": "f_E",
    "willingness.entrapment_share.{d}": "x_{{d}}",
    "willingness.capability_pull": "a_{cap}",
    "willingness.hub_substitute": r"\chi_s",
    "willingness.hub_complement": r"\chi_c",
    "willingness.assets": "b_I",
    "willingness.spill_political_operations": "S_{PO}",
    "willingness.spill_operations_equipment": "S_{OE}",
    "willingness.spill_political_equipment": "S_{PE}",
    "willingness.spill_back": "S_{bk}",
    "willingness.network": "b_K",
    "willingness.floor_state.{d}": r"\beta_{J{d}}",
    "willingness.floor_alliance.{d}": r"\beta_{N{d}}",
    "levels.pace": "k",
    "levels.ratchet": "r",
    "levels.softness": "p",
    "levels.capability_break": "a_{chg}",
    "levels.leader_pace": r"\ell",
    "assets.growth": r"\alpha_I",
    "assets.general_share": r"\theta",
    "assets.half_life": r"\tau_I",
    "assets.rung_gain": r"\zeta",
    "assets.mission_loss": "q_I",
    "perception.half_life_up": r"\tau_{up}",
    "perception.half_life_down": r"\tau_{dn}",
    "threat_dynamics.half_life": r"\tau_H",
    "threat_dynamics.provocation": "v",
    "threat_dynamics.calming": r"\kappa_H",
    "threat_dynamics.memory": r"\rho_H",
    "threat_dynamics.noise": "s_H",
    "domestic.win_set.{d}": "W^0_{{d}}",
    "domestic.ratification_spread": "s_W",
    "domestic.law_threat": "g_T",
    "domestic.law_leader": "g_l",
    "domestic.law_level": "g_c",
    "domestic.leader_spread": "s_l",
    "council.majority": "M",
    "council.spread": "s_x",
    "council.diversity": "s_m",
    "ladder.by_level": "b_c",
    "ladder.by_assets": "b_{LI}",
    "ladder.caution": r"\kappa_L",
    "ladder.downgrade": "h_-",
    "network.log_hazard": "a_K",
    "network.by_degree": "b_1",
    "network.by_share": "b_2",
    "network.by_operations": "b_3",
    "motives.leverage": r"\omega_W",
    "motives.agenda": r"\omega_A",
    "observation.suspension": "a_x",
    "observation.suspension_entrapment": "f_x",
    "observation.suspension_months": r"\mu_x",
    "observation.initiator": "a_0",
    "observation.initiator_gap": "a_1",
    "observation.joint": r"\pi_{both}",
    "observation.top_salience": r"\pi_3",
    "observation.counting.{d}.log_rate": "a_{{d}}",
    "observation.counting.{d}.slope": r"\gamma_{{d}}",
    "observation.counting.{d}.size": r"\phi_{{d}}",
}
LETTERS = {"political": "P", "operations": "O", "equipment": "E", "institution": "F"}


def symbol_of(path: str) -> str:
    """Return the symbol of a number in the equations, a dash if it has none."""
    for word, letter in LETTERS.items():
        parts = path.split(".")
        if word in parts:
            pattern = ".".join("{d}" if part == word else part for part in parts)
            if pattern in SYMBOLS:
                return f"${SYMBOLS[pattern].replace('{d}', letter)}$"
    return f"${SYMBOLS[path]}$" if path in SYMBOLS else "–"
