//! The origin of a call.

use porthole_domain::origin::Origin;

/// The source of a permitted call (contract §7, "Origin").
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A document of the proxy's own origin.
    Own(Origin),
    /// A page on a site's list, across origins.
    Listed(Origin),
    /// A GET without `Origin`, as browsers send it within an origin; holds the proxy's own.
    Unnamed(Option<Origin>),
}
