//! The one table of findings: severity, code, message, remedy.

use serde::{Serialize, Serializer};

/// The weight of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Severity {
    /// As it should be.
    Ok,
    /// It works, but the operator should know.
    Warning,
    /// It does not work, or must not stay so.
    Problem,
}

impl Severity {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

macro_rules! codes {
    ($($severity:ident $name:ident $code:literal $(, $message:literal)? $(=> $remedy:literal)?;)*) => {
        /// The code of a finding: stable, for scripts.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum FindingCode {
            $($name,)*
        }

        impl FindingCode {
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$name,)*];

            /// Returns the code as scripts read it.
            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            pub(crate) const fn severity(self) -> Severity {
                match self {
                    $(Self::$name => Severity::$severity,)*
                }
            }

            /// Returns the message; empty where it depends on the finding.
            pub(crate) const fn message(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($message)?),)*
                }
            }

            /// Returns the usual remedy; empty where there is nothing to do, or where it depends on the finding.
            pub(crate) const fn remedy(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($remedy)?),)*
                }
            }
        }
    };
}

codes! {
    // The settings alone.
    Ok SettingsRead "settings.read", "The settings have no mistakes.";
    Problem SettingsDebugInPublic "settings.debug_in_public", "DEBUG=true, and PUBLIC_URL is not this machine's own: development rules on the open internet."
        => "Take DEBUG out, and correct what is then named.";
    Warning SettingsDebug "settings.debug", "DEBUG=true: development rules."
        => "Take DEBUG out before others can reach this proxy.";
    Problem SettingsMistake "settings.mistake";
    Warning SettingsUnknown "settings.unknown" => "Correct the name, or leave it if it is another program's.";
    Warning SettingsQuoted "settings.quoted" => "Take the quotes off: `docker --env-file` and exported variables keep them.";
    Warning KeysWhiteSpace "keys.white_space" => "Take it out, unless the workflow's credential has the same.";
    Warning KeysMadeUp "keys.made_up", "JWT_SECRET_KEY is not set: one is made up at each start, and sessions end with the process."
        => "Take one from `porthole keys`.";
    Warning KeysWeak "keys.weak" => "Take one from `porthole keys`; without DEBUG=true nothing starts with this one.";
    Warning OriginsNone "origins.none", "ALLOWED_ORIGINS is empty: the chat shows on this proxy's own pages only."
        => "List the origins of the pages that shall show it, such as https://shop.example.";
    Warning OriginsAny "origins.any", "ALLOWED_ORIGINS is `*`: every page of the world may show the chat."
        => "List the sites; without DEBUG=true nothing starts with `*`.";
    Warning OriginsOwn "origins.own" => "List the origin of the page that has the tag, not that of the proxy.";
    Warning OriginsLocal "origins.local" => "Take it out where the proxy is in production.";
    Warning OriginsCleartext "origins.cleartext" => "Serve the page with TLS, and list its https:// origin.";
    Problem TrustedProxiesAll "trusted_proxies.all" => "Name the addresses of the load balancer alone.";
    Problem TrustedProxiesNone "trusted_proxies.none", "PUBLIC_URL is https, so TLS ends in front of this proxy, but TRUSTED_PROXIES is empty: all visitors share one address and its limits."
        => "Set TRUSTED_PROXIES to the address from which the load balancer connects, such as 127.0.0.1.";
    Ok WidgetBuilt "widget.built", "The widget is in this binary.";
    Problem WidgetMissing "widget.missing", "This binary was built before the widget: pages get no script."
        => "Build it with `cargo xtask build`.";
    Problem TlsNoAuthorities "tls.no_authorities", "TLS cannot be set up: this machine knows no certificate authorities, and the proxy will not start."
        => "Install them (Debian: apt-get install ca-certificates), or correct SSL_CERT_FILE and SSL_CERT_DIR.";
    Problem TlsWebhookAuthority "tls.webhook_authority", "WEBHOOK_CA holds a certificate that the TLS library cannot read, and the proxy will not start."
        => "Name the authority's certificate there (PEM), not a key or a request.";

    // The ports to listen on.
    Ok ListenRunning "listen.running";
    Problem ListenTaken "listen.taken";
    Problem ListenNotHere "listen.not_here" => "Set API_HOST to 127.0.0.1, 0.0.0.0 or an address of this machine.";
    Problem ListenForbidden "listen.forbidden";
    Problem ListenFailed "listen.failed";

    // Connections of any kind.
    Problem ConnectName "connect.name";
    Problem ConnectRefused "connect.refused";
    Problem ConnectNoRoute "connect.no_route" => "Check the network and the firewall of this machine.";
    Problem ConnectTimeout "connect.timeout" => "A firewall may drop the packets: open the port for this machine, or correct the host.";
    Problem ConnectSilent "connect.silent" => "See whether it is overloaded or waits for something.";
    Problem ConnectBroken "connect.broken";
    Problem ConnectHeadTooLarge "connect.head_too_large" => "See what adds so many: the server itself, or what stands in front of it.";
    Problem ConnectRedirects "connect.redirects" => "Name the last address.";
    Problem ConnectElsewhere "connect.elsewhere" => "Name the page's own address.";
    Problem ConnectTls "connect.tls";
    Problem ConnectTlsNotSpoken "connect.tls_not_spoken" => "Use http://, or the port that speaks TLS.";
    Problem ConnectTlsExpired "connect.tls_expired" => "Renew the certificate, see that the server has loaded it, and that this machine's clock is right.";
    Problem ConnectTlsNotYet "connect.tls_not_yet" => "See that this machine's clock is right; otherwise wait, or have the certificate issued anew.";
    Problem ConnectTlsName "connect.tls_name" => "Use a name that the certificate lists, or have one issued for this name.";
    Problem ConnectTlsUntrusted "connect.tls_untrusted" => "Serve the whole chain (fullchain.pem); an authority of your own is named by WEBHOOK_CA (for the webhook) or SSL_CERT_FILE.";

    // The address under which browsers reach the proxy.
    Problem PublicUrlNoWidget "public_url.no_widget", "PUBLIC_URL answers, but gives no /widget.js."
        => "Let the load balancer pass every path on, and build the widget with `cargo xtask build`.";
    Problem PublicUrlEncoded "public_url.encoded" => "Turn compression off there for this host: the proxy compresses what gains by it, and streams are held back otherwise.";
    Problem PublicUrlGateway "public_url.gateway" => "Start the proxy, and correct the address to which the load balancer passes requests on.";
    Problem PublicUrlGuarded "public_url.guarded" => "Let everybody read the paths of this proxy.";
    Problem PublicUrlSomeoneElse "public_url.someone_else" => "Correct PUBLIC_URL, or let that host pass every path on to this proxy.";
    Problem PublicUrlRedirects "public_url.redirects";
    Warning PublicUrlOtherVersion "public_url.other_version" => "Restart it with the new binary.";
    Warning PublicUrlOtherSettings "public_url.other_settings" => "Restart it, or run this check where it runs, with its settings.";
    Warning PublicUrlDraining "public_url.draining", "The proxy that answers there is about to stop."
        => "Check again when it has started anew.";
    Problem PublicUrlOtherOrigin "public_url.other_origin", "The proxy that answers there does not know PUBLIC_URL as its own: it runs with another PUBLIC_URL."
        => "Restart it with these settings.";
    Problem PublicUrlNoFrame "public_url.no_frame" => "Let what stands in front pass every path on.";
    Problem PublicUrlAuthorizationLost "public_url.authorization_lost", "PUBLIC_URL: a session's token does not arrive: what stands in front takes out or changes the Authorization header, or passes calls on to proxies with other keys."
        => "Let it pass Authorization on, and give every replica the same JWT_SECRET_KEY.";
    Ok PublicUrlSession "public_url.session", "A visitor gets a session there.";
    Warning PublicUrlOtherOrigins "public_url.other_origins" => "Restart it with these settings.";
    Problem PublicUrlFrameOptions "public_url.frame_options" => "Take that header out for this host; the proxy itself says who may embed it.";
    Problem PublicUrlPolicyChanged "public_url.policy_changed", "PUBLIC_URL: what stands in front takes out, changes or adds a Content-Security-Policy."
        => "Let it pass the proxy's own header on, and add none for this host.";
    Problem PublicUrlCached "public_url.cached", "PUBLIC_URL: what stands in front keeps the chat's document, or tells browsers to: each visitor needs a fresh one."
        => "Turn its cache off for this host, or let it obey Cache-Control.";
    Problem PublicUrlOriginLost "public_url.origin_lost", "PUBLIC_URL: a call's Origin does not arrive: what stands in front takes out or changes that header."
        => "Let it pass Origin on as it comes.";
    Problem PublicUrlOtherKeys "public_url.other_keys", "PUBLIC_URL: what one call gave, the next refuses: several proxies answer there with different keys."
        => "Give every replica the same JWT_SECRET_KEY.";
    Problem PublicUrlNoSession "public_url.no_session" => "Let what stands in front pass every method and every path on.";
    Ok PublicUrlStreams "public_url.streams", "Streams pass there as they are written.";
    Warning PublicUrlBuffered "public_url.buffered", "PUBLIC_URL: what stands in front holds streams back (two events half a second apart came together): visitors see answers only when they are whole."
        => "Turn buffering and compression off there for this host (nginx: proxy_buffering off, gzip off).";
    Warning PublicUrlLocal "public_url.local", "PUBLIC_URL is this machine's own: nobody else's browser reaches it."
        => "Set PUBLIC_URL to the address under which visitors reach this proxy.";
    Problem PublicUrlCleartext "public_url.cleartext", "PUBLIC_URL is http: everybody on the way reads the chats, and https pages load neither script nor frame."
        => "Terminate TLS in front of the proxy, and let PUBLIC_URL begin with https://.";
    Ok PublicUrlReached "public_url.reached", "PUBLIC_URL leads to a running proxy.";

    // A page that shows the chat.
    Warning PageNotJudged "page.not_judged", "The page was not judged: PUBLIC_URL leaves open which tag it needs."
        => "Correct PUBLIC_URL, and check again.";
    Problem PageStatus "page.status" => "Name a page that everybody can read; one behind a login cannot be checked from here.";
    Warning PageEncoded "page.encoded" => "Check it in a browser: the console names what a policy refuses.";
    Problem PageNotHtml "page.not_html" => "Name the page that shall show the chat.";
    Problem PageMixedContent "page.mixed_content", "The page is https and the proxy is http: browsers load neither script nor frame."
        => "Serve the proxy with TLS, and let PUBLIC_URL begin with https://.";
    Ok PageOrigin "page.origin";
    Problem PageOriginNotAllowed "page.origin_not_allowed";
    Ok PageNoPolicy "page.no_policy", "The page has no Content-Security-Policy.";
    Ok PagePolicy "page.policy", "The page's Content-Security-Policy permits the widget.";
    Ok PageTag "page.tag", "The page has the tag.";
    Problem PageTagPath "page.tag_path";
    Problem PageTagOfAnother "page.tag_of_another";
    Warning PageTagAsText "page.tag_as_text", "The tag's address is in the page, but in no tag that runs: it stands in a script, a comment, <noscript> or <template>, or it is escaped.";
    Warning PageTagMissing "page.tag_missing";
    Warning PageTagTwice "page.tag_twice", "The page has the tag more than once: the first counts, whatever the others say."
        => "Keep one: look into the template, the plugins and the tag manager.";
    Warning PageTagType "page.tag_type" => "Take `type` out; where a consent manager puts it right after the visitor agrees, this is as it should be.";
    Warning PageTagBlocks "page.tag_blocks", "The tag has no `async`: the page waits for it.";
    Warning PageTagIntegrity "page.tag_integrity", "The tag has an `integrity` attribute: the next version of the widget will not load."
        => "Take the attribute out.";
    Problem PageUnknownSite "page.unknown_site" => "Take `data-site` out.";
    Problem PageCspScript "page.csp_script";
    Problem PageCspAssets "page.csp_assets";
    Problem PageCspFrame "page.csp_frame";
    Problem PageCspSandbox "page.csp_sandbox" => "Add `allow-scripts` to `sandbox`.";
    Problem PageCspSandboxOrigin "page.csp_sandbox_origin" => "Add `allow-same-origin` to `sandbox`.";

    // The source of answers.
    Problem UpstreamNone "upstream.none", "Neither N8N_WEBHOOK_URL nor DOCS_DIR is set: there is nothing to answer from."
        => "Set one of them.";
    Problem DocumentsEmpty "documents.empty", "The folder of DOCS_DIR has no documents."
        => "Put Markdown or text files (*.md, *.markdown, *.txt) into it.";
    Ok DocumentsRead "documents.read";
    Warning DocumentsSkipped "documents.skipped" => "Correct them, or move them out of the folder.";
    Warning DocumentsUnused "documents.unused", "N8N_WEBHOOK_URL and DOCS_DIR are both set: the webhook answers, the documents are not read."
        => "Take out the one that is not meant.";
    Problem DocumentsMissing "documents.missing";
    Problem DocumentsNoFolder "documents.no_folder";
    Problem DocumentsUnreadable "documents.unreadable";

    // The webhook.
    Warning WebhookNotAsked "webhook.not_asked", "The webhook was not asked: the settings leave open how."
        => "Correct the settings named above, and check again.";
    Problem WebhookTestUrl "webhook.test_url", "N8N_WEBHOOK_URL is the editor's test URL, which answers only while the editor listens."
        => "Use the production URL (/webhook/…), and activate the workflow.";
    Problem WebhookEditorUrl "webhook.editor_url", "N8N_WEBHOOK_URL is the address of the workflow in the editor."
        => "Copy the production URL from the workflow's Webhook node.";
    Warning WebhookChatTriggerJwt "webhook.chat_trigger_jwt", "N8N_WEBHOOK_URL looks like a Chat Trigger, which checks no JWT: it is open, or refuses us."
        => "Use a Webhook node with Authentication: JWT and Respond: Streaming, or WEBHOOK_AUTH=basic with the Chat Trigger's Basic Auth.";
    Warning WebhookCleartext "webhook.cleartext", "N8N_WEBHOOK_URL is http over the open internet: everybody on the way reads messages and tokens."
        => "Serve the workflow with TLS, and use https://.";
    Warning WebhookOpen "webhook.open", "The webhook answers a call with wrong credentials: it checks none, and whoever knows its address can call it."
        => "Set the Webhook node's Authentication to what WEBHOOK_AUTH says (JWT Auth for jwt).";
    Ok WebhookRegistered "webhook.registered", "The webhook is registered and takes POST.";
    Ok WebhookReached "webhook.reached";
    Problem WebhookChatUsers "webhook.chat_users", "The Chat Trigger refuses us (status 401): its Authentication is n8n User Auth."
        => "Set it to Basic Auth, and here WEBHOOK_AUTH=basic, WEBHOOK_USER and WEBHOOK_PASSWORD.";
    Problem WebhookMethod "webhook.method", "The webhook takes no POST (status 405)."
        => "Set the Webhook node's HTTP Method to POST.";
    Problem WebhookBodyLimit "webhook.body_limit", "The webhook, or what stands in front of it, finds a small message too large (status 413)."
        => "Raise its limit of request bodies to 256 KiB at least.";
    Problem WebhookLimited "webhook.limited", "What stands in front of the webhook limits us (status 429)."
        => "Except this machine's address there: the limits of visitors are this proxy's.";
    Problem WebhookWantsTls "webhook.wants_tls", "The webhook's port speaks TLS, and N8N_WEBHOOK_URL says http."
        => "Let N8N_WEBHOOK_URL begin with https://.";
    Problem WebhookStatus "webhook.status" => "Let the workflow's response keep status 200.";
    Problem WebhookRedirect "webhook.redirect" => "Set N8N_WEBHOOK_URL to the address behind the redirect; where that is a login page, let this machine pass without one.";
    Problem WebhookNotRegistered "webhook.not_registered", "n8n knows no webhook at this path (status 404): the path is wrong, or the workflow is not active."
        => "Activate (publish) the workflow, and copy the production URL from its Webhook node.";
    Problem WebhookChatPrivate "webhook.chat_private", "The Chat Trigger answers 404 with nothing: it is not public."
        => "Turn on \"Make Chat Publicly Available\" in the Chat Trigger, with mode Embedded Chat.";
    Problem WebhookItself "webhook.itself", "A proxy such as this one answers at the webhook's address, and no workflow."
        => "Set N8N_WEBHOOK_URL to the workflow's own address.";
    Problem WebhookNotFound "webhook.not_found", "Nothing is at the webhook's path (status 404)."
        => "Copy the production URL from the workflow's Webhook node.";
    Problem WebhookGateway "webhook.gateway" => "Start the workflow's server; where it is slow, raise the time limit of what stands in front.";
    Problem WebhookFailed "webhook.failed" => "See the last execution of the workflow, and its server's log.";

    // Reasons of a refusal (401, 403): each completes "The webhook refuses us (status …): ….".
    Problem WebhookGuarded "webhook.guarded", "with an HTML page, so it is not the workflow that refuses"
        => "Let what stands in front of the webhook (a bot filter, a login page) pass this machine.";
    Problem WebhookIpAllowlist "webhook.ip_allowlist", "this machine's address is not on the Webhook node's IP allowlist"
        => "Add the address of this machine to the node's option IP(s) Allowlist.";
    Problem WebhookOtherAuth "webhook.other_auth";
    Problem WebhookWrongCredentials "webhook.wrong_credentials", "the credentials are wrong, or of another kind"
        => "Compare WEBHOOK_AUTH, WEBHOOK_USER or WEBHOOK_HEADER, and WEBHOOK_PASSWORD with n8n's credential.";
    Problem WebhookRefused "webhook.refused";
    Problem JwtLost "jwt.lost", "it got no token, although one was sent"
        => "Let what stands in front of the webhook pass the Authorization header on.";
    Problem JwtWanted "jwt.wanted", "it wants a JWT, and WEBHOOK_AUTH says otherwise"
        => "Set WEBHOOK_AUTH=jwt, and SESSION_SECRET_KEY to the passphrase of n8n's JWT credential.";
    Problem JwtCredentialEmpty "jwt.credential_empty", "the JWT credential in n8n holds no key"
        => "Fill in the credential's secret.";
    Problem JwtAudience "jwt.audience", "it expects a token for another audience (`aud`)"
        => "Let it expect N8N_WEBHOOK_URL, exactly so but without a query, as `aud`; or set N8N_WEBHOOK_URL to the address that it expects.";
    Problem JwtIssuer "jwt.issuer", "it expects a token of another issuer (`iss`)"
        => "Let it expect PUBLIC_URL, exactly so, as `iss`.";
    Problem JwtExpired "jwt.expired", "the token is too old when it arrives: the webhook's clock is ahead of ours"
        => "Let both machines keep their time by NTP.";
    Problem JwtNotActive "jwt.not_active", "the token is not valid yet: the webhook's clock is behind ours"
        => "Let both machines keep their time by NTP.";
    Problem JwtAlgorithm "jwt.algorithm", "what checks the token expects another algorithm";
    Problem JwtSignature "jwt.signature", "the keys differ: the token's signature does not fit";

    // The workflow, by its clock and its answers of status 5xx.
    Ok ClockSame "clock.same", "The webhook's clock agrees with ours.";
    Problem ClockApart "clock.apart" => "Let both machines keep their time by NTP.";
    Warning ClockSkewed "clock.skewed" => "Let both machines keep their time by NTP.";
    Problem WorkflowFailed "workflow.failed" => "See the last execution in n8n. Often it is the language model's credential or quota; where verify.json refuses, its node Expected must name N8N_WEBHOOK_URL.";
    Problem WorkflowNoRespondNode "workflow.no_respond_node" => "Add the node, or set the Webhook node's Respond to Streaming or When Last Node Finishes.";
    Problem WorkflowNoItem "workflow.no_item" => "Let the last node return an item with `output`.";
    Problem N8nOverloaded "n8n.overloaded" => "See n8n's own log and load; UPSTREAM_CONCURRENCY limits what reaches it.";

    // An answer of status 2xx.
    Warning AnswerCompressed "answer.compressed", "The answer is compressed, although only `identity` was asked for: it is read, but held back until the coder lets it go."
        => "Turn compression off for the webhook in what stands in front of it.";
    Problem AnswerEncoded "answer.encoded", "The answer is compressed in a way that is not read, or is broken, although only `identity` was asked for."
        => "Turn compression off for the webhook in what stands in front of it: it also holds streams back.";
    Ok AnswerReadable "answer.readable";
    Warning AnswerSlow "answer.slow" => "Let the workflow stream, or take out what is slow before its first words.";
    Problem AnswerMarkup "answer.markup", "The answer is an HTML page or a notice of a programming language such as PHP's, with a status of success."
        => "See what answers at this address: a login page, an intermediary's error page, n8n's editor, or a script that shows its warnings (in PHP: display_errors=Off).";
    Problem AnswerBroken "answer.broken", "The answer breaks off before its end."
        => "See the log of the workflow's server, and the time limits of what stands in front of it.";
    Problem AnswerStartedOnly "answer.started_only", "n8n only says that the workflow was started: the Webhook node responds immediately."
        => "Set the Webhook node's Respond to Streaming, or to Using Respond to Webhook Node.";
    Problem AnswerHumanInTheLoop "answer.human_in_the_loop", "The workflow waits for a person over n8n's own chat (Response Mode \"Using Response Nodes\"), which a webhook's caller cannot take part in."
        => "Set the Chat Trigger's Response Mode to Streaming or When Last Node Finishes.";
    Problem AnswerNoData "answer.no_data", "The webhook answers with status 204, which has no text."
        => "Let Respond to Webhook respond with JSON or text instead of No Data.";
    Problem AnswerEmpty "answer.empty", "The webhook answers 200 with nothing at all."
        => "Turn Enable Streaming on in the AI Agent (or in Respond to Webhook), or see that the workflow reaches its Respond to Webhook node.";
    Problem AnswerReceipt "answer.receipt", "The answer only confirms that the call has arrived, such as Make's Accepted or the id of a job: nobody waits for the workflow."
        => "Let the workflow answer the call itself: in Make with the module Webhook response, in Pipedream with $.respond, in Windmill at the address run_wait_result.";
    Problem AnswerThoughtsOnly "answer.thoughts_only", "The model only thinks aloud: the answer is missing behind its thoughts."
        => "Raise the model's limit of tokens, or turn its thinking off.";
    Problem AnswerFile "answer.file", "The webhook answers with a file, such as a picture or a PDF."
        => "Let Respond to Webhook respond with JSON or text, and put a link to the file into the text.";
    Problem AnswerBegunOnly "answer.begun_only", "The stream begins and ends without a word: the node that should speak failed, and goes on on error."
        => "See the last execution in n8n, and set the node's On Error to Stop Workflow.";
    Problem AnswerBrokenJson "answer.broken_json", "The answer begins as JSON, and is none: a quote, a line break or a bracket in it is wrong."
        => "Build it from an object, in n8n with JSON.stringify around every text that is put in.";
    Warning AnswerMendedJson "answer.mended_json", "The answer is broken JSON (a quote, a line break, a comma or NaN in it); its text could be read all the same."
        => "Build it from an object, in n8n with JSON.stringify around every text that is put in.";
    Warning AnswerCharset "answer.charset", "The answer's bytes are in another encoding than its Content-Type declares (UTF-8 where it declares none): letters may be lost."
        => "Write UTF-8, and declare it: Content-Type: application/json; charset=utf-8.";
    Warning AnswerMojibake "answer.mojibake", "The answer has broken letters: some were lost on the way, or encoded twice, as in `Ã©` for `é`."
        => "Let every step of the workflow read and write UTF-8; where a text was encoded twice, decode it once before it is put in.";
    Warning AnswerThoughts "answer.thoughts", "The model's thoughts are left out of the answer; visitors wait while it thinks."
        => "Set THOUGHTS=step to show that it thinks, or turn the model's thinking off.";
    Warning AnswerThoughtsUnopened "answer.thoughts_unopened", "The answer has the end of thoughts (</think>) without their beginning: in a stream, visitors read the thoughts."
        => "Let the model's server part thoughts from the answer (its reasoning parser), or its template write <think> as well.";
    Warning AnswerMarks "answer.marks", "Marks of citations or of the model's template are left out of the answer."
        => "Turn the citations of the assistant off, or let the workflow put links in their place; stop the model at its template's own tokens.";
    Warning AnswerLooseEvents "answer.loose_events", "The answer's events are written loosely: a blank line, a colon or the name of a field is missing, or stands there twice; words may be lost."
        => "Write each event as `data: …` (its JSON on one line), with a blank line behind it, also behind the last.";
    Warning AnswerEndUnseen "answer.end_unseen", "The answer has neither a length nor chunks, and nothing in it says where it ends: if the connection breaks between two words, half of it passes for the whole."
        => "Let the workflow's server send Content-Length, or Transfer-Encoding: chunked (HTTP/1.1).";
    Problem AnswerNoText "answer.no_text", "The answer has no text that a visitor could read."
        => "Let it have a member `output` (or text, reply, response, message, answer, content), or name the member that holds the text with REPLY_FIELD.";
    Problem AnswerTooLarge "answer.too_large", "The answer is larger than a reply may be (1 MiB of text, 256 KiB a line)."
        => "Let the workflow return the answer alone, not its documents.";
    Problem AnswerSilent "answer.silent", "The answer began, and no text came in time."
        => "See the last execution in n8n: what does it wait for? A slow workflow needs a larger --timeout here.";
    Problem AnswerEndless "answer.endless", "The answer did not end in time."
        => "See the last execution in n8n; a slow workflow needs a larger --timeout here.";
    Ok AnswerStreams "answer.streams", "The answer comes as it is written.";
    Ok AnswerWhole "answer.whole", "The answer comes in one piece: visitors wait for its end. (To stream: Respond: Streaming, and an AI Agent with Enable Streaming.)";
    Ok AnswerShort "answer.short", "The answer is a stream, too short to tell whether it comes as it is written.";
    Warning AnswerBuffered "answer.buffered", "The answer is a stream whose parts all came at once: a proxy in front holds them back."
        => "Turn buffering off in what stands in front of the webhook (nginx: proxy_buffering off), and use an AI Agent node of version 3 or later.";
}

impl Serialize for FindingCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_code_stands_twice_and_each_is_named_like_its_variant() {
        let names: BTreeSet<&str> = FindingCode::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), FindingCode::ALL.len());
        for code in FindingCode::ALL {
            let plain = code.name().replace(['.', '_'], "");
            assert!(plain.eq_ignore_ascii_case(&format!("{code:?}")), "{code:?}");
        }
    }

    #[test]
    fn nothing_is_to_be_done_where_all_is_well() {
        for code in FindingCode::ALL.iter().filter(|code| code.severity() == Severity::Ok) {
            assert_eq!(code.remedy(), "", "{code:?}");
        }
    }
}
