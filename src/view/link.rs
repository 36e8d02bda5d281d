use super::ViewState;

/// Why a link could not be read.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkFault(pub String);

/// The part of a share link after `#`.
pub fn to_link(state: &ViewState) -> String {
    let _ = state;
    String::new()
}

/// Reads what [`to_link`] wrote; what a link leaves out is taken from `base`.
pub fn from_link(link: &str, base: &ViewState) -> Result<ViewState, LinkFault> {
    let _ = link;
    Ok(base.clone())
}
