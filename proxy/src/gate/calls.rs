//! The quota of calls for each address (contract §7): every call of the API and of a chat document, and all that is refused.

use std::cell::RefMut;

use actix_web::body::BoxBody;
use actix_web::dev::{Extensions, ServiceResponse};
use actix_web::{HttpMessage as _, ResponseError as _};
use porthole_store::CallQuota as _;

use crate::error::Refusal;
use crate::request::RequestContext;
use crate::state::State;

/// The mark of a request that was counted as a call.
struct CountedCall;

/// Counts a call, and marks its request.
pub(crate) async fn count_call<'a>(
    extensions: impl FnOnce() -> RefMut<'a, Extensions>,
    context: &RequestContext,
    state: &State,
) -> Result<(), Refusal> {
    let counted = state.chat.calls.call(context.client).await;
    extensions().insert(CountedCall);
    Ok(counted?)
}

/// Counts a request that was refused before it was counted, so that refusals of no kind are free; beyond the limit the
/// limit is the answer, readable for the same page.
pub(crate) async fn count_refused(
    response: ServiceResponse<BoxBody>,
    context: &RequestContext,
    state: &State,
) -> ServiceResponse<BoxBody> {
    let is_counted = response.request().extensions().contains::<CountedCall>();
    if is_counted || !response.status().is_client_error() {
        return response;
    }
    let Err(exceeded) = state.chat.calls.call(context.client).await else {
        return response;
    };
    let mut limited = Refusal::from(exceeded).error_response();
    limited.headers_mut().clone_from(response.headers());
    response.into_response(limited)
}
