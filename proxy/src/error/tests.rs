use super::*;

#[test]
fn every_code_is_answered_as_an_error_with_a_sentence() {
    for code in Code::ALL {
        let refusal = Refusal::new(*code);
        let status = refusal.status();
        assert!(status.is_client_error() || status.is_server_error(), "{}", code.as_str());
        assert!(refusal.detail.ends_with('.'), "{}", code.as_str());
    }
}

#[test]
fn waiting_is_never_zero_seconds() {
    assert_eq!(Refusal::new(Code::RateLimited).retry_after(0).retry_after, Some(1));
}
