//! A controller that knows its connection and nothing of tomorrow: it stores what the connection cannot carry, and gives it back as soon as there is room.
//!
//! This is what a battery at a wind park is for: each step it takes only what would be curtailed.
//! With more energy (and the same powers) it never curtails more, step by step: the room left and the energy stored both only grow.

use super::{Case, CaseFault, Dispatch};

/// Charges from what lies beyond the connection's limit; discharges into consumption first, then into the room that the connection has.
///
/// # Errors
/// A [`CaseFault`] when the case is impossible.
pub fn connection(case: &Case) -> Result<Dispatch, CaseFault> {
    case.check()?;
    let mut done = Dispatch::default();
    let mut stored = case.battery.map_or(0.0, |battery| battery.initial_mwh);
    for (load, generation) in case.load_mw.iter().zip(&case.generation_mw) {
        let surplus = (generation - load).max(0.0);
        let need = (load - generation).max(0.0);
        let excess = (surplus - case.export_limit_mw).max(0.0);
        // What could still go out, or is bought.
        let room = if excess > 0.0 { 0.0 } else { need + (case.export_limit_mw - surplus).max(0.0) };
        let (mut charged, mut discharged) = (0.0, 0.0);
        if let Some(battery) = &case.battery {
            let free = (battery.energy_mwh - stored).max(0.0);
            charged = excess.min(battery.charge_mw).min(free / battery.charge_efficiency / case.step_h);
            discharged = room.min(battery.discharge_mw).min(stored * battery.discharge_efficiency / case.step_h);
            let change = battery.charge_efficiency * charged - discharged / battery.discharge_efficiency;
            // Rounding may leave it an epsilon outside.
            stored = (stored + change * case.step_h).clamp(0.0, battery.energy_mwh);
        }
        let supplied = discharged.min(need);
        let exported = surplus - excess + (discharged - supplied);
        let imported = (need - supplied).min(case.import_limit_mw);
        done.imported_mw.push(imported);
        done.exported_mw.push(exported);
        done.charged_mw.push(charged);
        done.discharged_mw.push(discharged);
        done.curtailed_mw.push(excess - charged);
        done.unserved_mw.push(need - supplied - imported);
        done.stored_mwh.push(stored);
    }
    Ok(done)
}
