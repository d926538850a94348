//! Content negotiation (RFC 9110 §12 and §13.1.2): the form of a reply, the coding of a file, an unchanged file.

use std::cmp::Reverse;

use actix_web::HttpRequest;
use actix_web::http::header::{
    self, Accept, AcceptEncoding, ContentEncoding, Encoding, EntityTag, Header as _, IfNoneMatch, Quality,
};
use porthole_protocol::Code;

use super::framing::Framing;
use crate::error::Refusal;

/// The form in which a reply is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReplyForm {
    /// As events, while it runs.
    Stream(Framing),
    /// As one object, once it is complete.
    Whole,
}

/// The forms on offer; the first counts where the client prefers none.
const OFFERS: [(&str, &str, ReplyForm); 3] = [
    ("text", "event-stream", ReplyForm::Stream(Framing::Sse)),
    ("application", "json", ReplyForm::Whole),
    ("application", "x-ndjson", ReplyForm::Stream(Framing::JsonLines)),
];

/// Returns the form that the client prefers of those that it accepts; without `Accept`, an event stream.
pub(crate) fn reply_form(request: &HttpRequest) -> Result<ReplyForm, Refusal> {
    if !request.headers().contains_key(header::ACCEPT) {
        return Ok(ReplyForm::Stream(Framing::Sse));
    }
    let accept = Accept::parse(request).map_err(|_| Code::NotAcceptable)?;
    let offers = OFFERS.iter().rev();
    let accepted =
        offers.filter_map(|(kind, subtype, form)| Some((preference(&accept, kind, subtype)?, *form)));
    accepted
        .max_by_key(|(preference, _)| *preference)
        .map(|(_, form)| form)
        .ok_or_else(|| Code::NotAcceptable.into())
}

/// Returns the client's preference for a media type: weight, then position in `Accept`.
///
/// The most specific range decides (RFC 9110 §12.5.1); `None` where none matches, or its weight is zero.
fn preference(accept: &Accept, kind: &str, subtype: &str) -> Option<(Quality, Reverse<usize>)> {
    let ranges = accept.0.iter().enumerate();
    let matching = ranges.filter_map(|(position, range)| {
        let specificity = match (range.item.type_().as_str(), range.item.subtype().as_str()) {
            (of, to) if of == kind && to == subtype => 2,
            (of, "*") if of == kind => 1,
            ("*", "*") => 0,
            _ => return None,
        };
        Some((specificity, Reverse(position), range.quality))
    });
    let (_, position, quality) =
        matching.max_by_key(|(specificity, position, _)| (*specificity, *position))?;
    (quality > Quality::ZERO).then_some((quality, position))
}

/// Returns `true` where `Accept` names `OpenMetrics`: Prometheus does since 2.5, before the text format 0.0.4.
pub(super) fn names_open_metrics(request: &HttpRequest) -> bool {
    Accept::parse(request).is_ok_and(|accept| {
        let mut ranges = accept.0.iter();
        ranges.any(|range| {
            range.item.essence_str() == "application/openmetrics-text" && range.quality > Quality::ZERO
        })
    })
}

/// Returns the coding that the client prefers of those that files are embedded in.
pub(super) fn content_coding(request: &HttpRequest) -> ContentEncoding {
    let embedded = [Encoding::brotli(), Encoding::gzip(), Encoding::identity()];
    let preferred = AcceptEncoding::parse(request).map(|accept| accept.negotiate(embedded.iter()));
    match preferred {
        Ok(Some(Encoding::Known(coding))) => coding,
        // A file that is readable helps more than a refusal.
        Ok(Some(Encoding::Unknown(_)) | None) | Err(_) => ContentEncoding::Identity,
    }
}

/// Returns `true` where the client has this version of a file already.
pub(super) fn is_unchanged(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(known)) => known.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_coding_of_weight_zero_is_refused() {
        use ContentEncoding::{Brotli, Gzip, Identity};
        for (accepted, coding) in [
            ("gzip, deflate, br", Brotli),
            ("gzip, deflate, br, zstd", Brotli),
            ("br;q=0.5, gzip;q=1.0", Gzip),
            ("gzip, br;q=0", Gzip),
            ("gzip, br;q=0.0", Gzip),
            ("zstd", Identity),
            ("identity;q=0", Identity),
            ("", Identity),
        ] {
            let request = TestRequest::get().insert_header((header::ACCEPT_ENCODING, accepted));
            assert_eq!(content_coding(&request.to_http_request()), coding, "{accepted}");
        }
        assert_eq!(content_coding(&TestRequest::get().to_http_request()), Identity);
    }
}
