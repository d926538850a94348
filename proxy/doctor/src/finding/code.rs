//! The one table of findings: code, severity, remedy.

use serde::{Serialize, Serializer};

/// The weight of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Severity {
    /// As it should be.
    Ok,
    /// It works, but somebody should know.
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
    ($($severity:ident $name:ident $code:literal, $remedy:literal;)*) => {
        /// The code of a finding: stable, for scripts.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Code {
            $($name,)*
        }

        impl Code {
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code as scripts read it.
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

            /// The usual remedy; empty where there is nothing to do, or where it depends on the finding.
            pub(crate) const fn remedy(self) -> &'static str {
                match self {
                    $(Self::$name => $remedy,)*
                }
            }
        }
    };
}

codes! {
    // The settings alone.
    Ok SettingsRead "settings.read", "";
    Problem SettingsDebugInPublic "settings.debug_in_public", "Take DEBUG out, and correct what is then named.";
    Warning SettingsDebug "settings.debug", "Take DEBUG out before others can reach this proxy.";
    Problem SettingsMistake "settings.mistake", "";
    Warning SettingsUnknown "settings.unknown", "Correct the name, or leave it if it is another program's.";
    Warning KeysWhiteSpace "keys.white_space", "Take it out, unless the workflow's credential has the same.";
    Warning KeysMadeUp "keys.made_up", "Take one from `porthole keys`.";
    Warning KeysWeak "keys.weak", "Take one from `porthole keys`; without DEBUG=true nothing starts with this one.";
    Warning OriginsNone "origins.none", "List the origins of the pages that shall show it, such as https://shop.example.";
    Warning OriginsAny "origins.any", "List the sites; without DEBUG=true nothing starts with `*`.";
    Warning OriginsOwn "origins.own", "List the origin of the page that has the tag, not that of the proxy.";
    Warning OriginsWide "origins.wide", "List the sites.";
    Warning OriginsLocal "origins.local", "Take it out where the proxy is in production.";
    Warning OriginsCleartext "origins.cleartext", "Serve the page with TLS, and list its https:// origin.";
    Problem TrustedProxiesAll "trusted_proxies.all", "Name the addresses of the load balancer alone.";
    Problem TrustedProxiesNone "trusted_proxies.none", "Set TRUSTED_PROXIES to the address from which the load balancer connects, such as 127.0.0.1.";
    Ok WidgetBuilt "widget.built", "";
    Problem WidgetMissing "widget.missing", "Build it with `cargo xtask build`.";
    Problem TlsNoAuthorities "tls.no_authorities", "Install them (Debian: apt-get install ca-certificates), or correct SSL_CERT_FILE and SSL_CERT_DIR.";

    // The ports to listen on.
    Ok ListenRunning "listen.running", "";
    Problem ListenTaken "listen.taken", "";
    Problem ListenNotHere "listen.not_here", "Set API_HOST to 127.0.0.1, 0.0.0.0 or an address of this machine.";
    Problem ListenForbidden "listen.forbidden", "";
    Problem ListenFailed "listen.failed", "";

    // Connections of any kind.
    Problem ConnectName "connect.name", "";
    Problem ConnectRefused "connect.refused", "";
    Problem ConnectNoRoute "connect.no_route", "Check the network and the firewall of this machine.";
    Problem ConnectTimeout "connect.timeout", "A firewall may drop the packets: open the port for this machine, or correct the host.";
    Problem ConnectSilent "connect.silent", "See whether it is overloaded or waits for something.";
    Problem ConnectBroken "connect.broken", "";
    Problem ConnectRedirects "connect.redirects", "Name the last address.";
    Problem ConnectElsewhere "connect.elsewhere", "Name the page's own address.";
    Problem ConnectTls "connect.tls", "";
    Problem ConnectTlsNotSpoken "connect.tls_not_spoken", "";
    Problem ConnectTlsExpired "connect.tls_expired", "Renew the certificate, see that the server has loaded it, and that this machine's clock is right.";
    Problem ConnectTlsNotYet "connect.tls_not_yet", "See that this machine's clock is right; otherwise wait, or have the certificate issued anew.";
    Problem ConnectTlsName "connect.tls_name", "Use a name that the certificate lists, or have one issued for this name.";
    Problem ConnectTlsUntrusted "connect.tls_untrusted", "";

    // The address under which browsers reach the proxy.
    Problem PublicUrlNoWidget "public_url.no_widget", "Let the load balancer pass every path on, and build the widget with `cargo xtask build`.";
    Problem PublicUrlEncoded "public_url.encoded", "Turn compression off there for this host: the proxy compresses what gains by it, and streams are held back otherwise.";
    Problem PublicUrlGateway "public_url.gateway", "Start the proxy, and correct the address to which the load balancer passes requests on.";
    Problem PublicUrlGuarded "public_url.guarded", "Let everybody read the paths of this proxy.";
    Problem PublicUrlSomeoneElse "public_url.someone_else", "Correct PUBLIC_URL, or let that host pass every path on to this proxy.";
    Problem PublicUrlRedirects "public_url.redirects", "";
    Warning PublicUrlOtherVersion "public_url.other_version", "Restart it with the new binary.";
    Warning PublicUrlOtherSettings "public_url.other_settings", "Restart it, or run this check where it runs, with its settings.";
    Warning PublicUrlDraining "public_url.draining", "Check again when it has started anew.";
    Problem PublicUrlOtherOrigin "public_url.other_origin", "Restart it with these settings.";
    Problem PublicUrlNoFrame "public_url.no_frame", "Let what stands in front pass every path on.";
    Problem PublicUrlAuthorizationLost "public_url.authorization_lost", "Let it pass Authorization on, and give every replica the same JWT_SECRET_KEY.";
    Ok PublicUrlSession "public_url.session", "";
    Warning PublicUrlOtherOrigins "public_url.other_origins", "Restart it with these settings.";
    Problem PublicUrlFrameOptions "public_url.frame_options", "Take that header out for this host; the proxy itself says who may embed it.";
    Problem PublicUrlPolicyChanged "public_url.policy_changed", "Let it pass the proxy's own header on, and add none for this host.";
    Problem PublicUrlCached "public_url.cached", "Turn its cache off for this host, or let it obey Cache-Control.";
    Problem PublicUrlOriginLost "public_url.origin_lost", "Let it pass Origin on as it comes.";
    Problem PublicUrlOtherKeys "public_url.other_keys", "Give every replica the same JWT_SECRET_KEY.";
    Problem PublicUrlNoSession "public_url.no_session", "Let what stands in front pass every method and every path on.";
    Ok PublicUrlStreams "public_url.streams", "";
    Warning PublicUrlBuffered "public_url.buffered", "Turn buffering and compression off there for this host (nginx: proxy_buffering off, gzip off).";
    Warning PublicUrlLocal "public_url.local", "Set PUBLIC_URL to the address under which visitors reach this proxy.";
    Problem PublicUrlCleartext "public_url.cleartext", "Terminate TLS in front of the proxy, and let PUBLIC_URL begin with https://.";
    Ok PublicUrlReached "public_url.reached", "";

    // A page that shows the chat.
    Warning PageNotJudged "page.not_judged", "Correct PUBLIC_URL, and check again.";
    Problem PageStatus "page.status", "Name a page that everybody can read; one behind a login cannot be checked from here.";
    Warning PageEncoded "page.encoded", "Check it in a browser: the console names what a policy refuses.";
    Problem PageNotHtml "page.not_html", "Name the page that shall show the chat.";
    Problem PageMixedContent "page.mixed_content", "Serve the proxy with TLS, and let PUBLIC_URL begin with https://.";
    Ok PageOrigin "page.origin", "";
    Problem PageOriginNotAllowed "page.origin_not_allowed", "";
    Ok PageNoPolicy "page.no_policy", "";
    Ok PagePolicy "page.policy", "";
    Ok PageTag "page.tag", "";
    Problem PageTagPath "page.tag_path", "";
    Problem PageTagOfAnother "page.tag_of_another", "";
    Warning PageTagAsText "page.tag_as_text", "";
    Warning PageTagMissing "page.tag_missing", "";
    Warning PageTagTwice "page.tag_twice", "Keep one: look into the template, the plugins and the tag manager.";
    Warning PageTagType "page.tag_type", "Take `type` out; where a consent manager puts it right after the visitor agrees, this is as it should be.";
    Warning PageTagBlocks "page.tag_blocks", "";
    Warning PageTagIntegrity "page.tag_integrity", "Take the attribute out.";
    Problem PageUnknownSite "page.unknown_site", "Take `data-site` out.";
    Problem PageCspScript "page.csp_script", "";
    Problem PageCspAssets "page.csp_assets", "";
    Problem PageCspFrame "page.csp_frame", "";
    Problem PageCspSandbox "page.csp_sandbox", "Add `allow-scripts` to `sandbox`.";
    Problem PageCspSandboxOrigin "page.csp_sandbox_origin", "Add `allow-same-origin` to `sandbox`.";

    // The source of answers.
    Problem UpstreamNone "upstream.none", "Set one of them.";
    Problem DocumentsEmpty "documents.empty", "Put Markdown or text files (*.md, *.markdown, *.txt) into it.";
    Ok DocumentsRead "documents.read", "";
    Warning DocumentsSkipped "documents.skipped", "Correct them, or move them out of the folder.";
    Warning DocumentsUnused "documents.unused", "Take out the one that is not meant.";
    Problem DocumentsMissing "documents.missing", "";
    Problem DocumentsNoFolder "documents.no_folder", "";
    Problem DocumentsUnreadable "documents.unreadable", "";

    // The webhook and its refusals.
    Warning WebhookNotAsked "webhook.not_asked", "Correct the settings named above, and check again.";
    Problem WebhookTestUrl "webhook.test_url", "Use the production URL (/webhook/…), and activate the workflow.";
    Problem WebhookEditorUrl "webhook.editor_url", "Copy the production URL from the workflow's Webhook node.";
    Warning WebhookChatTriggerJwt "webhook.chat_trigger_jwt", "Use a Webhook node with Authentication: JWT and Respond: Streaming, or WEBHOOK_AUTH=basic with the Chat Trigger's Basic Auth.";
    Warning WebhookCleartext "webhook.cleartext", "Serve the workflow with TLS, and use https://.";
    Warning WebhookOpen "webhook.open", "Set the Webhook node's Authentication to what WEBHOOK_AUTH says (JWT Auth for jwt).";
    Ok WebhookRegistered "webhook.registered", "";
    Ok WebhookReached "webhook.reached", "";
    Problem WebhookChatUsers "webhook.chat_users", "Set it to Basic Auth, and here WEBHOOK_AUTH=basic, WEBHOOK_USER and WEBHOOK_PASSWORD.";
    Problem WebhookMethod "webhook.method", "Set the Webhook node's HTTP Method to POST.";
    Problem WebhookBodyLimit "webhook.body_limit", "Raise its limit of request bodies to 256 KiB at least.";
    Problem WebhookLimited "webhook.limited", "Except this machine's address there: the limits of visitors are this proxy's.";
    Problem WebhookWantsTls "webhook.wants_tls", "Let N8N_WEBHOOK_URL begin with https://.";
    Problem WebhookStatus "webhook.status", "Let the workflow's response keep status 200.";
    Problem WebhookRedirect "webhook.redirect", "Set N8N_WEBHOOK_URL to the address behind the redirect; where that is a login page, let this machine pass without one.";
    Problem WebhookNotRegistered "webhook.not_registered", "Activate (publish) the workflow, and copy the production URL from its Webhook node.";
    Problem WebhookChatPrivate "webhook.chat_private", "Turn on \"Make Chat Publicly Available\" in the Chat Trigger, with mode Embedded Chat.";
    Problem WebhookItself "webhook.itself", "Set N8N_WEBHOOK_URL to the workflow's own address.";
    Problem WebhookNotFound "webhook.not_found", "Copy the production URL from the workflow's Webhook node.";
    Problem WebhookGateway "webhook.gateway", "Start the workflow's server; where it is slow, raise the time limit of what stands in front.";
    Problem WebhookFailed "webhook.failed", "See the last execution of the workflow, and its server's log.";
    Problem WebhookGuarded "webhook.guarded", "Let what stands in front of the webhook (a bot filter, a login page) pass this machine.";
    Problem WebhookIpAllowlist "webhook.ip_allowlist", "Add the address of this machine to the node's option IP(s) Allowlist.";
    Problem WebhookOtherAuth "webhook.other_auth", "";
    Problem WebhookWrongCredentials "webhook.wrong_credentials", "Compare WEBHOOK_AUTH, WEBHOOK_USER or WEBHOOK_HEADER, and WEBHOOK_PASSWORD with n8n's credential.";
    Problem WebhookRefused "webhook.refused", "";
    Problem JwtLost "jwt.lost", "Let what stands in front of the webhook pass the Authorization header on.";
    Problem JwtWanted "jwt.wanted", "Set WEBHOOK_AUTH=jwt, and SESSION_SECRET_KEY to the passphrase of n8n's JWT credential.";
    Problem JwtCredentialEmpty "jwt.credential_empty", "Fill in the credential's secret.";
    Problem JwtAudience "jwt.audience", "Let it expect N8N_WEBHOOK_URL, exactly so but without a query, as `aud`; or set N8N_WEBHOOK_URL to the address that it expects.";
    Problem JwtIssuer "jwt.issuer", "Let it expect PUBLIC_URL, exactly so, as `iss`.";
    Problem JwtExpired "jwt.expired", "Let both machines keep their time by NTP.";
    Problem JwtNotActive "jwt.not_active", "Let both machines keep their time by NTP.";
    Problem JwtAlgorithm "jwt.algorithm", "";
    Problem JwtSignature "jwt.signature", "";
    Ok ClockSame "clock.same", "";
    Problem ClockApart "clock.apart", "Let both machines keep their time by NTP.";
    Warning ClockSkewed "clock.skewed", "Let both machines keep their time by NTP.";
    Problem WorkflowFailed "workflow.failed", "See the last execution in n8n. Often it is the language model's credential or quota; where verify.json refuses, its node Expected must name N8N_WEBHOOK_URL.";
    Problem WorkflowNoRespondNode "workflow.no_respond_node", "Add the node, or set the Webhook node's Respond to Streaming or When Last Node Finishes.";
    Problem WorkflowNoItem "workflow.no_item", "Let the last node return an item with `output`.";
    Problem N8nOverloaded "n8n.overloaded", "See n8n's own log and load; UPSTREAM_CONCURRENCY limits what reaches it.";

    // An answer of status 2xx.
    Problem AnswerEncoded "answer.encoded", "Turn compression off for the webhook in what stands in front of it: it also holds streams back.";
    Ok AnswerReadable "answer.readable", "";
    Warning AnswerSlow "answer.slow", "Let the workflow stream, or take out what is slow before its first words.";
    Problem AnswerMarkup "answer.markup", "See what answers at this address: a login page, an intermediary's error page, or n8n's editor.";
    Problem AnswerBroken "answer.broken", "See the log of the workflow's server, and the time limits of what stands in front of it.";
    Problem AnswerStartedOnly "answer.started_only", "Set the Webhook node's Respond to Streaming, or to Using Respond to Webhook Node.";
    Problem AnswerHumanInTheLoop "answer.human_in_the_loop", "Set the Chat Trigger's Response Mode to Streaming or When Last Node Finishes.";
    Problem AnswerNoData "answer.no_data", "Let Respond to Webhook respond with JSON or text instead of No Data.";
    Problem AnswerEmpty "answer.empty", "Turn Enable Streaming on in the AI Agent (or in Respond to Webhook), or see that the workflow reaches its Respond to Webhook node.";
    Problem AnswerFile "answer.file", "Let Respond to Webhook respond with JSON or text, and put a link to the file into the text.";
    Problem AnswerBegunOnly "answer.begun_only", "See the last execution in n8n, and set the node's On Error to Stop Workflow.";
    Problem AnswerBrokenJson "answer.broken_json", "Build it from an object, in n8n with JSON.stringify around every text that is put in.";
    Problem AnswerNoText "answer.no_text", "Let it have a member `output` (or text, reply, response, message, answer, content).";
    Problem AnswerTooLarge "answer.too_large", "Let the workflow return the answer alone, not its documents.";
    Problem AnswerSilent "answer.silent", "See the last execution in n8n: what does it wait for? A slow workflow needs a larger --timeout here.";
    Problem AnswerEndless "answer.endless", "See the last execution in n8n; a slow workflow needs a larger --timeout here.";
    Ok AnswerStreams "answer.streams", "";
    Ok AnswerWhole "answer.whole", "";
    Ok AnswerShort "answer.short", "";
    Warning AnswerBuffered "answer.buffered", "Turn buffering off in what stands in front of the webhook (nginx: proxy_buffering off), and use an AI Agent node of version 3 or later.";
}

impl Serialize for Code {
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
        let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            let plain = code.name().replace(['.', '_'], "");
            assert!(plain.eq_ignore_ascii_case(&format!("{code:?}")), "{code:?}");
        }
    }

    #[test]
    fn nothing_is_to_be_done_where_all_is_well() {
        for code in Code::ALL.iter().filter(|code| code.severity() == Severity::Ok) {
            assert_eq!(code.remedy(), "", "{code:?}");
        }
    }
}
