use std::path::Path;

use super::*;
use crate::source::SettingSource;

fn read(settings: &[(&str, &str)]) -> LimitConfig {
    let settings: Vec<_> =
        settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let no_file = Path::new("/nonexistent/.env");
    let source = SettingSource::gather(std::iter::empty(), settings.into_iter(), no_file).unwrap();
    LimitConfig::read(&mut SettingReader::new(&source))
}

#[test]
fn an_address_has_a_quarter_of_the_workflow_and_its_network_a_half() {
    for (concurrency, address, network) in
        [("20", 5, 10), ("1", 1, 2), ("3", 1, 2), ("40", 10, 20), ("10000", 20, 40), ("0", 20, 40)]
    {
        let limits = read(&[("UPSTREAM_CONCURRENCY", concurrency)]);
        assert_eq!(
            (limits.streams_per_address, limits.streams_per_network),
            (address, network),
            "{concurrency}"
        );
    }
    let limits = read(&[("MAX_STREAMS_PER_ADDRESS", "7"), ("MAX_STREAMS_PER_NETWORK", "3")]);
    assert_eq!((limits.streams_per_address, limits.streams_per_network), (7, 7));
    let limits = read(&[("MAX_STREAMS_PER_ADDRESS", "0")]);
    assert_eq!((limits.streams_per_address, limits.streams_per_network), (0, 0));
}

#[test]
fn a_network_has_a_quarter_of_the_sites_minute_and_no_less_than_one_address() {
    let of_network = |limits: LimitConfig| (limits.network_per_minute, limits.network_creations_per_minute);
    let site = "RATE_LIMIT_SITE_PER_MINUTE";
    let own = "RATE_LIMIT_NETWORK_PER_MINUTE";
    assert_eq!(of_network(read(&[])), (250, 250));
    assert_eq!(of_network(read(&[(site, "100")])), (60, 25));
    assert_eq!(of_network(read(&[(site, "0")])), (0, 0));
    assert_eq!(of_network(read(&[(own, "0")])), (0, 0));
    assert_eq!(of_network(read(&[(own, "90")])), (90, 90));
    assert_eq!(of_network(read(&[(own, "90"), ("RATE_LIMIT_CREATE_PER_MINUTE", "300")])), (90, 300));
    assert_eq!(of_network(read(&[("RATE_LIMIT_PER_MINUTE", "0")])), (0, 250));
}
