//! Findings about the proxy: its settings, its addresses, and the pages around it.

findings! {
    // The settings alone.
    settings {
        Ok read "The settings have no mistakes.";
        Problem debug_in_public "DEBUG=true, and PUBLIC_URL is not this machine's own: development rules on the open internet."
            => "Take DEBUG out, and correct what is then named.";
        Warning debug "DEBUG=true: development rules." => "Take DEBUG out before others can reach this proxy.";
        Problem mistake(place, error) "{error}." => "Correct {place}; .env.example describes every setting.";
        Warning unknown(warning) "{warning}." => "Correct the name, or leave it if it is another program's.";
        Warning quoted(warning) "{warning}."
            => "Take the quotes off: `docker --env-file` and exported variables keep them.";
    }
    keys {
        Warning white_space(setting) "{setting} has a space or a line break around it, which counts."
            => "Take it out, unless the workflow's credential has the same.";
        Warning made_up "JWT_SECRET_KEY is not set: one is made up at each start, and sessions end with the process."
            => "Take one from `porthole keys`.";
        Warning weak(weakness) "{weakness}."
            => "Take one from `porthole keys`; without DEBUG=true nothing starts with this one.";
    }
    origins {
        Warning none "ALLOWED_ORIGINS is empty: the chat shows on this proxy's own pages only."
            => "List the origins of the pages that shall show it, such as https://shop.example.";
        Warning any "ALLOWED_ORIGINS is `*`: every page of the world may show the chat."
            => "List the sites; without DEBUG=true nothing starts with `*`.";
        Warning own(entry) "ALLOWED_ORIGINS lists {entry}, which is PUBLIC_URL: own pages need no entry."
            => "List the origin of the page that has the tag, not that of the proxy.";
        Warning local(entry) "ALLOWED_ORIGINS lists {entry}: whatever runs on a visitor's own machine may show the chat."
            => "Take it out where the proxy is in production.";
        Warning cleartext(entry) "ALLOWED_ORIGINS lists {entry}: whoever stands on the way can change such a page, and the chat in it cannot use secure storage."
            => "Serve the page with TLS, and list its https:// origin.";
    }
    trusted_proxies {
        Problem all(network) "TRUSTED_PROXIES has {network}: every visitor may claim any address, and no limit holds."
            => "Name the addresses of the load balancer alone.";
        Problem none "PUBLIC_URL is https, so TLS ends in front of this proxy, but TRUSTED_PROXIES is empty: all visitors share one address and its limits."
            => "Set TRUSTED_PROXIES to the address from which the load balancer connects, such as 127.0.0.1.";
    }
    widget {
        Ok built "The widget is in this binary.";
        Problem missing "This binary was built before the widget: pages get no script."
            => "Build it with `cargo xtask build`.";
    }
    tls {
        Problem no_authorities "TLS cannot be set up: this machine knows no certificate authorities, and the proxy will not start."
            => "Install them (Debian: apt-get install ca-certificates), or correct SSL_CERT_FILE and SSL_CERT_DIR.";
        Problem webhook_authority "WEBHOOK_CA holds a certificate that the TLS library cannot read, and the proxy will not start."
            => "Name the authority's certificate there (PEM), not a key or a request.";
    }

    // The ports to listen on.
    listen {
        Ok running(setting, place) "A proxy listens on {place} ({setting}).";
        Problem taken(setting, place) "{setting}: another program listens on {place}, so the proxy cannot start."
            => "End that program, or set {setting} to a free port.";
        Problem not_here(host) "API_HOST: {host} is no address of this machine, so the proxy cannot start."
            => "Set API_HOST to 127.0.0.1, 0.0.0.0 or an address of this machine.";
        Problem forbidden(setting, place) "{setting}: this user may not listen on {place}."
            => "Set {setting} to a port above 1023, and let the load balancer have the other one.";
        Problem failed(setting, place, error) "{setting}: it is not possible to listen on {place} ({error})."
            => "Correct API_HOST or {setting}.";
    }

    // Connections of any kind; `peer` is the beginning of a sentence, such as "The webhook".
    connect {
        Problem name(peer, host, setting) "{peer}: the name {host} cannot be resolved."
            => "Correct the host in {setting}, or its DNS record; inside containers use the service's name.";
        Problem refused(peer, place, setting) "{peer}: nothing listens on {place}."
            => "Start it, or correct the port in {setting}; inside a container 127.0.0.1 is the container itself.";
        Problem no_route(peer, place, cause) "{peer}: no network leads to {place} ({cause})."
            => "Check the network and the firewall of this machine.";
        Problem timeout(peer, place) "{peer}: no connection to {place} in time."
            => "A firewall may drop the packets: open the port for this machine, or correct the host.";
        Problem silent(peer, place, hint) "{peer}: {place} took the request and did not answer in time."
            => "See whether it is overloaded or waits for something{hint}.";
        Problem broken(peer, place, setting) "{peer}: {place} gives no answer in HTTP."
            => "See whether the port in {setting} speaks HTTP, with or without TLS as the address says.";
        Problem head_too_large(peer, place) "{peer}: {place} answers with more than 100 headers, which are not read."
            => "See what adds so many: the server itself, or what stands in front of it.";
        Problem redirects(peer) "{peer}: more redirects than five." => "Name the last address.";
        Problem elsewhere(peer) "{peer}: redirects to neither http nor https." => "Name the page's own address.";
        Problem tls(failure, words, host, setting) "{failure} ({words})."
            => "Serve a certificate for {host} with its whole chain, from an authority that this machine trusts, or use http:// in {setting} if the port speaks no TLS.";
        Problem tls_not_spoken(fact, remedy) "{fact}." => "{remedy}.";
        Problem tls_expired(failure, words, at) "{failure}, because its certificate has expired ({words})."
            => "{at}: Renew the certificate, see that the server has loaded it, and that this machine's clock is right.";
        Problem tls_not_yet(failure, words, at) "{failure}, because its certificate is not valid yet ({words})."
            => "{at}: See that this machine's clock is right; otherwise wait, or have the certificate issued anew.";
        Problem tls_name(failure, words, at) "{failure}, because its certificate is for another name ({words})."
            => "{at}: Use a name that the certificate lists, or have one issued for this name.";
        Problem tls_untrusted(failure, meaning, words, at) "{failure}, because its certificate is self-signed{meaning} ({words})."
            => "{at}: Serve the whole chain (fullchain.pem); an authority of your own is named by WEBHOOK_CA (for the webhook) or SSL_CERT_FILE.";
    }

    // The address under which browsers reach the proxy.
    public_url {
        Problem no_widget "PUBLIC_URL answers, but gives no /widget.js."
            => "Let the load balancer pass every path on, and build the widget with `cargo xtask build`.";
        Problem encoded(encoding) "PUBLIC_URL: a reverse proxy in front compresses ({encoding}), although only `identity` was asked for."
            => "Turn compression off there for this host: the proxy compresses what gains by it, and streams are held back otherwise.";
        Problem gateway(status) "PUBLIC_URL: a reverse proxy in front does not reach this proxy (status {status} for /health)."
            => "Start the proxy, and correct the address to which the load balancer passes requests on.";
        Problem guarded(status) "PUBLIC_URL: a reverse proxy in front refuses visitors (status {status} for /health)."
            => "Let everybody read the paths of this proxy.";
        Problem someone_else(status) "PUBLIC_URL: something else than this proxy answers there (status {status} for /health)."
            => "Correct PUBLIC_URL, or let that host pass every path on to this proxy.";
        Problem redirects(to) "PUBLIC_URL redirects to {to}: the tag, the frame and the origin check need one address."
            => "Set PUBLIC_URL to {to}, if that is this proxy.";
        Warning other_version(version, own) "The proxy that answers there is version {version}, this one is {own}."
            => "Restart it with the new binary.";
        Warning other_settings(running, own) "The proxy that answers there answers from `{running}`, these settings say `{own}`."
            => "Restart it, or run this check where it runs, with its settings.";
        Warning draining "The proxy that answers there is about to stop." => "Check again when it has started anew.";
        Problem other_origin "The proxy that answers there does not know PUBLIC_URL as its own: it runs with another PUBLIC_URL."
            => "Restart it with these settings.";
        Problem no_frame(path, status) "PUBLIC_URL answers, but gives no {path} (status {status})."
            => "Let what stands in front pass every path on.";
        Problem authorization_lost "PUBLIC_URL: a session's token does not arrive: what stands in front takes out or changes the Authorization header, or passes calls on to proxies with other keys."
            => "Let it pass Authorization on, and give every replica the same JWT_SECRET_KEY.";
        Ok session "A visitor gets a session there.";
        Ok bound_sessions "Sessions there are bound to keys of browsers (SESSION_BINDING=required): none was opened to be checked.";
        Warning other_origins(entry) "The proxy that answers there does not permit {entry}, which ALLOWED_ORIGINS lists here."
            => "Restart it with these settings.";
        Problem frame_options(value) "PUBLIC_URL: a reverse proxy in front adds `X-Frame-Options: {value}`: browsers may show the chat in no page."
            => "Take that header out for this host; the proxy itself says who may embed it.";
        Problem policy_changed "PUBLIC_URL: what stands in front takes out, changes or adds a Content-Security-Policy."
            => "Let it pass the proxy's own header on, and add none for this host.";
        Problem document_changed "PUBLIC_URL: what stands in front rewrites the chat's document: browsers refuse the script or the style in it."
            => "Turn off there, for this host, what minifies HTML or puts something into it.";
        Problem cached "PUBLIC_URL: what stands in front keeps the chat's document, or tells browsers to: each visitor needs a fresh one."
            => "Turn its cache off for this host, or let it obey Cache-Control.";
        Problem origin_lost "PUBLIC_URL: a call's Origin does not arrive: what stands in front takes out or changes that header."
            => "Let it pass Origin on as it comes.";
        Problem other_keys "PUBLIC_URL: what one call gave, the next refuses: several proxies answer there with different keys."
            => "Give every replica the same JWT_SECRET_KEY.";
        Problem no_session(path, status) "PUBLIC_URL: no visitor gets a session there (status {status} for POST {path})."
            => "Let what stands in front pass every method and every path on.";
        Ok streams "Streams pass there as they are written.";
        Warning buffered "PUBLIC_URL: what stands in front holds streams back (two events half a second apart came together): visitors see answers only when they are whole."
            => "Turn buffering and compression off there for this host (nginx: proxy_buffering off, gzip off).";
        Warning local "PUBLIC_URL is this machine's own: nobody else's browser reaches it."
            => "Set PUBLIC_URL to the address under which visitors reach this proxy.";
        Problem cleartext "PUBLIC_URL is http: everybody on the way reads the chats, and https pages load neither script nor frame."
            => "Terminate TLS in front of the proxy, and let PUBLIC_URL begin with https://.";
        Ok reached "PUBLIC_URL leads to a running proxy.";
    }

    // A page that shall show the chat.
    page {
        Warning not_judged "The page was not judged: PUBLIC_URL leaves open which tag it needs."
            => "Correct PUBLIC_URL, and check again.";
        Problem status(place, status) "The page {place} answers with status {status}."
            => "Name a page that everybody can read; one behind a login cannot be checked from here.";
        Warning encoded(encoding) "The page comes compressed ({encoding}), although only `identity` was asked for, so it cannot be read."
            => "Check it in a browser: the console names what a policy refuses.";
        Problem not_html(place, kind) "{place} is no HTML page ({kind})."
            => "Name the page that shall show the chat.";
        Problem mixed_content "The page is https and the proxy is http: browsers load neither script nor frame."
            => "Serve the proxy with TLS, and let PUBLIC_URL begin with https://.";
        Ok origin(origin) "The page's origin {origin} may show the chat.";
        Problem origin_not_allowed(origin, similar) "The page's origin {origin} is not on ALLOWED_ORIGINS{similar}: visitors see a refusal."
            => "Add {origin} to ALLOWED_ORIGINS, exactly so, and restart.";
        Ok no_policy "The page has no Content-Security-Policy.";
        Ok policy "The page's Content-Security-Policy permits the widget.";
        Ok tag "The page has the tag.";
        Problem tag_path(src, tag) "The page loads {src}, where this proxy has no script." => "Use {tag}.";
        Problem tag_of_another(src, own, tag) "The page loads {src}, which is not this proxy's ({own})."
            => "Use {tag}, or correct PUBLIC_URL.";
        Warning tag_as_text(tag) "The tag's address is in the page, but in no tag that runs: it stands in a script, a comment, <noscript> or <template>, or it is escaped."
            => "Where a script inserts the tag, this is as it should be; otherwise let the page's markup have {tag}.";
        Warning tag_missing(cut, tag) "The tag is not in the page's markup{cut}."
            => "Paste {tag} before </body>; where a tag manager or an app inserts it, this is as it should be.";
        Warning tag_twice "The page has the tag more than once: the first counts, whatever the others say."
            => "Keep one: look into the template, the plugins and the tag manager.";
        Warning tag_type(kind) "The tag has type=\"{kind}\": browsers do not run it."
            => "Take `type` out; where a consent manager puts it right after the visitor agrees, this is as it should be.";
        Warning tag_blocks(tag) "The tag has no `async`: the page waits for it." => "Write {tag}.";
        Warning tag_integrity "The tag has an `integrity` attribute: the next version of the widget will not load."
            => "Take the attribute out.";
        Problem unknown_site(site) "The tag names the site \"{site}\", which does not exist."
            => "Take `data-site` out.";
        Problem csp_script(policy, directive, remedy) "{policy} does not permit the tag's script (/widget.js): `{directive}` decides."
            => "{remedy}";
        Problem csp_assets(policy, directive, remedy) "{policy} does not permit what the tag's script loads (/assets/): `{directive}` decides."
            => "{remedy}";
        Problem csp_frame(policy, directive, remedy) "{policy} does not permit the chat's frame: `{directive}` decides."
            => "{remedy}";
        Problem csp_sandbox(policy) "{policy} does not permit any script: `sandbox` decides."
            => "Add `allow-scripts` to `sandbox`.";
        Problem csp_sandbox_origin(policy) "{policy} does not permit the page to have an origin: `sandbox` decides."
            => "Add `allow-same-origin` to `sandbox`.";
    }
}
