//! The controller without foresight.

use super::{Case, CaseFault, Dispatch};

/// Charges from every surplus and discharges at every need, within the battery's limits; what is left goes through the connection, and what that cannot carry is curtailed or unserved.
///
/// # Errors
/// A [`CaseFault`] when the case is impossible.
pub fn greedy(case: &Case) -> Result<Dispatch, CaseFault> {
    case.check()?;
    let mut done = Dispatch::default();
    let mut stored = case.battery.map_or(0.0, |battery| battery.initial_mwh);
    for (load, generation) in case.load_mw.iter().zip(&case.generation_mw) {
        let surplus = (generation - load).max(0.0);
        let need = (load - generation).max(0.0);
        let (mut charged, mut discharged) = (0.0, 0.0);
        if let Some(battery) = &case.battery {
            let room = (battery.energy_mwh - stored).max(0.0);
            charged = surplus
                .min(battery.charge_mw)
                .min(room / battery.charge_efficiency / case.step_h);
            discharged = need
                .min(battery.discharge_mw)
                .min(stored * battery.discharge_efficiency / case.step_h);
            let change =
                battery.charge_efficiency * charged - discharged / battery.discharge_efficiency;
            // Rounding may leave it an epsilon outside.
            stored = (stored + change * case.step_h).clamp(0.0, battery.energy_mwh);
        }
        let exported = (surplus - charged).min(case.export_limit_mw);
        let imported = (need - discharged).min(case.import_limit_mw);
        done.imported_mw.push(imported);
        done.exported_mw.push(exported);
        done.charged_mw.push(charged);
        done.discharged_mw.push(discharged);
        done.curtailed_mw.push(surplus - charged - exported);
        done.unserved_mw.push(need - discharged - imported);
        done.stored_mwh.push(stored);
    }
    Ok(done)
}
