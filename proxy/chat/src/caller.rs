//! The origin of a call.

use porthole_domain::origin::Origin;

/// The place that a permitted call comes from (contract §10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A document of the proxy's own origin.
    Own(Origin),
    /// A page on a site's list, across origins.
    Listed(Origin),
    /// A GET without `Origin`, as browsers send it within an origin; holds the proxy's own.
    Unnamed(Option<Origin>),
}
