use super::{Command, Limits, ViewState};

/// The state after a command; never outside `limits`.
pub fn apply(state: &ViewState, command: &Command, limits: &Limits) -> ViewState {
    let _ = (command, limits);
    state.clone()
}
