//! `porthole keys` and `porthole snippet`.

use porthole_tests::proxy::run;

use crate::fixture::PUBLIC_URL;

#[test]
fn keys_makes_two_different_secrets_each_time_that_the_proxy_accepts() {
    let secrets = || {
        let printed = run(&["keys"], &[]);
        assert!(printed.status.success(), "{}", printed.output);
        let values = ["JWT_SECRET_KEY=", "SESSION_SECRET_KEY="].map(|name| {
            let line = printed.output.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("{}", printed.output)).to_owned()
        });
        assert!(values.iter().all(|value| value.len() >= 32), "{values:?}");
        values
    };
    let ([a, b], [c, d]) = (secrets(), secrets());
    let mut all = vec![a.clone(), b.clone(), c, d];
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 4);
    crate::fixture::production("http://127.0.0.1:9/x", &[("JWT_SECRET_KEY", &a), ("SESSION_SECRET_KEY", &b)]);
}

#[test]
fn snippet_prints_the_tag_of_this_proxy() {
    let printed =
        run(&["snippet"], &[("PUBLIC_URL", PUBLIC_URL), ("ALLOWED_ORIGINS", "https://shop.example")]);
    assert_eq!(printed.output.trim(), "<script async src=\"https://chat.example.com/widget.js\"></script>");
    let coloured = run(&["snippet"], &[("PUBLIC_URL", PUBLIC_URL), ("CHAT_COLOR", "#aa0000")]);
    assert!(coloured.output.contains("data-color=\"#aa0000\""), "{}", coloured.output);
    assert!(coloured.output.contains("ALLOWED_ORIGINS"), "{}", coloured.output);
}
