//! Findings about the source of answers: documents, models, or a webhook, and what it answers.

findings! {
    // The source of answers.
    upstream {
        Problem none "No source of answers is set: there is nothing to answer from."
            => "Set one of N8N_WEBHOOK_URL, OPENAI_BASE_URL, AG_UI_URL and DOCS_DIR.";
        Warning cleartext(place) "{place} is http over the open internet: everybody on the way reads messages and tokens."
            => "Serve what is there with TLS, and use https://.";
    }
    documents {
        Problem empty "The folder of DOCS_DIR has no documents."
            => "Put Markdown or text files (*.md, *.markdown, *.txt) into it.";
        Ok read(count) "Answers come from {count} documents.";
        Warning skipped(count, named) "{count} files of DOCS_DIR are left out: {named}."
            => "Correct them, or move them out of the folder.";
        Warning unused(place) "{place} and DOCS_DIR are both set: the documents are not read."
            => "Take out the one that is not meant.";
        Problem missing(error) "The folder of DOCS_DIR is not there." => "{error}.";
        Problem no_folder(error) "The folder of DOCS_DIR is not a folder." => "{error}.";
        Problem unreadable(error) "The folder of DOCS_DIR cannot be read." => "{error}.";
    }

    models {
        Ok asked(model) "{model} is asked.";
        Warning not_asked "The models were not asked: --no-message leaves that out." => "Check again without it.";
        Problem key(status) "The server of the models refuses the key, or this model to it (status {status})."
            => "Set OPENAI_API_KEY to a key of this server that may use the model.";
        Problem unknown "The server knows no such model, or nothing is at this address (status 404)."
            => "Compare OPENAI_MODELS with the names that the server lists, and OPENAI_BASE_URL with its address, up to /v1.";
        Problem limited "The model is at its limit (status 429): too many calls, or no credit."
            => "See the account there; several models in OPENAI_MODELS take turns.";
        Problem refused(status) "The server of the models answers with status {status}; only 2xx is an answer."
            => "See its log, and whether it offers what OPENAI_API says.";
    }

    // The webhook: its address, and its refusals.
    webhook {
        Warning not_asked "The webhook was not asked: the settings leave open how."
            => "Correct the settings named above, and check again.";
        Problem test_url "N8N_WEBHOOK_URL is the editor's test URL, which answers only while the editor listens."
            => "Use the production URL (/webhook/…), and activate the workflow.";
        Problem editor_url "N8N_WEBHOOK_URL is the address of the workflow in the editor."
            => "Copy the production URL from the workflow's Webhook node.";
        Warning chat_trigger_jwt "N8N_WEBHOOK_URL looks like a Chat Trigger, which checks no JWT: it is open, or refuses us."
            => "Use a Webhook node with Authentication: JWT and Respond: Streaming, or WEBHOOK_AUTH=basic with the Chat Trigger's Basic Auth.";
        Warning open "The webhook answers a call with wrong credentials: it checks none, and whoever knows its address can call it."
            => "Set the Webhook node's Authentication to what WEBHOOK_AUTH says (JWT Auth for jwt).";
        Ok registered "The webhook is registered and takes POST.";
        Ok reached(status) "The webhook's address answers (status {status} for GET); more is known after a message.";
        Problem chat_users "The Chat Trigger refuses us (status 401): its Authentication is n8n User Auth."
            => "Set it to Basic Auth, and here WEBHOOK_AUTH=basic, WEBHOOK_USER and WEBHOOK_PASSWORD.";
        Problem method(fact) "{fact}." => "Set the Webhook node's HTTP Method to POST.";
        Problem body_limit "The webhook, or what stands in front of it, finds a small message too large (status 413)."
            => "Raise its limit of request bodies to 256 KiB at least.";
        Problem limited "What stands in front of the webhook limits us (status 429)."
            => "Except this machine's address there: the limits of visitors are this proxy's.";
        Problem wants_tls "The webhook's port speaks TLS, and N8N_WEBHOOK_URL says http."
            => "Let N8N_WEBHOOK_URL begin with https://.";
        Problem status(status) "The webhook answers with status {status}; only 2xx is an answer."
            => "Let the workflow's response keep status 200.";
        Problem redirect(place, upgrade, status) "The webhook's address redirects to {place}{upgrade} (status {status}); messages do not follow."
            => "Set N8N_WEBHOOK_URL to the address behind the redirect; where that is a login page, let this machine pass without one.";
        Problem not_registered "n8n knows no webhook at this path (status 404): the path is wrong, or the workflow is not active."
            => "Activate (publish) the workflow, and copy the production URL from its Webhook node.";
        Problem chat_private "The Chat Trigger answers 404 with nothing: it is not public."
            => "Turn on \"Make Chat Publicly Available\" in the Chat Trigger, with mode Embedded Chat.";
        Problem itself "A proxy such as this one answers at the webhook's address, and no workflow."
            => "Set N8N_WEBHOOK_URL to the workflow's own address.";
        Problem not_found "Nothing is at the webhook's path (status 404)."
            => "Copy the production URL from the workflow's Webhook node.";
        Problem gateway(status) "What stands in front of the webhook does not reach it in time (status {status})."
            => "Start the workflow's server; where it is slow, raise the time limit of what stands in front.";
        Problem failed(status) "The webhook fails (status {status})."
            => "See the last execution of the workflow, and its server's log.";
        Problem guarded(status) "The webhook refuses us (status {status}): with an HTML page, so it is not the workflow that refuses."
            => "Let what stands in front of the webhook (a bot filter, a login page) pass this machine.";
        Problem ip_allowlist(status) "The webhook refuses us (status {status}): this machine's address is not on the Webhook node's IP allowlist."
            => "Add the address of this machine to the node's option IP(s) Allowlist.";
        Problem other_auth(status, reason, remedy) "The webhook refuses us (status {status}): {reason}."
            => "{remedy}";
        Problem wrong_credentials(status) "The webhook refuses us (status {status}): the credentials are wrong, or of another kind."
            => "Compare WEBHOOK_AUTH, WEBHOOK_USER or WEBHOOK_HEADER, and WEBHOOK_PASSWORD with n8n's credential.";
        Problem refused(status, reason, remedy) "The webhook refuses us (status {status}): {reason}." => "{remedy}";
    }

    // The reasons for which a token is refused.
    jwt {
        Problem lost(status) "The webhook refuses us (status {status}): it got no token, although one was sent."
            => "Let what stands in front of the webhook pass the Authorization header on.";
        Problem wanted(status) "The webhook refuses us (status {status}): it wants a JWT, and WEBHOOK_AUTH says otherwise."
            => "Set WEBHOOK_AUTH=jwt, and SESSION_SECRET_KEY to the passphrase of n8n's JWT credential.";
        Problem credential_empty(status) "The webhook refuses us (status {status}): the JWT credential in n8n holds no key."
            => "Fill in the credential's secret.";
        Problem audience(status) "The webhook refuses us (status {status}): it expects a token for another audience (`aud`)."
            => "Let it expect N8N_WEBHOOK_URL, exactly so but without a query, as `aud`; or set N8N_WEBHOOK_URL to the address that it expects.";
        Problem issuer(status) "The webhook refuses us (status {status}): it expects a token of another issuer (`iss`)."
            => "Let it expect PUBLIC_URL, exactly so, as `iss`.";
        Problem expired(status) "The webhook refuses us (status {status}): the token is too old when it arrives: the webhook's clock is ahead of ours."
            => "Let both machines keep their time by NTP.";
        Problem not_active(status) "The webhook refuses us (status {status}): the token is not valid yet: the webhook's clock is behind ours."
            => "Let both machines keep their time by NTP.";
        Problem algorithm(status, algorithm, key_type) "The webhook refuses us (status {status}): what checks the token expects another algorithm."
            => "Set the algorithm of n8n's JWT credential to {algorithm} (key type {key_type}).";
        Problem signature(status, remedy) "The webhook refuses us (status {status}): the keys differ: the token's signature does not fit."
            => "{remedy}";
    }

    // The workflow, by its clock and its failures.
    clock {
        Ok same "The webhook's clock agrees with ours.";
        Problem apart(skew, direction, life) "The webhook's clock is {skew} s {direction} ours; tokens live {life} s."
            => "Let both machines keep their time by NTP.";
        Warning skewed(skew, direction, life) "The webhook's clock is {skew} s {direction} ours; tokens live {life} s."
            => "Let both machines keep their time by NTP.";
    }
    workflow {
        Problem failed(fact) "{fact}."
            => "See the last execution in n8n. Often it is the language model's credential or quota; where verify.json refuses, its node Expected must name N8N_WEBHOOK_URL.";
        Problem no_respond_node(status) "The webhook fails (status {status}): the Webhook node waits for a Respond to Webhook node, and the workflow has none."
            => "Add the node, or set the Webhook node's Respond to Streaming or When Last Node Finishes.";
        Problem no_item(status) "The webhook fails (status {status}): the workflow's last node gave no item."
            => "Let the last node return an item with `output`.";
    }
    n8n {
        Problem overloaded(status) "The webhook fails (status {status}): n8n does not reach its database, or is overloaded."
            => "See n8n's own log and load; UPSTREAM_CONCURRENCY limits what reaches it.";
    }

    // An answer of status 2xx.
    answer {
        Ok protocol(name) "The answer speaks {name}, and ends as that does.";
        Warning cut_short(name) "The answer speaks {name}, and says itself that it was cut short: visitors are offered to go on."
            => "Raise the model's limit of tokens, or see which filter or pause ends it.";
        Problem unended(name) "The answer speaks {name}, and stops without the end of that protocol: visitors are told that it broke off."
            => "See the agent's log for why it stops; where this server never says its end, set REPLY_END=lenient.";
        Problem tool_only(name) "The answer speaks {name}, and has no words: the model called a tool, and nobody answered the call."
            => "Let the agent run its tools itself, or give the model none.";
        Warning compressed "The answer is compressed, although only `identity` was asked for: it is read, but held back until the coder lets it go."
            => "Turn compression off for the webhook in what stands in front of it.";
        Problem encoded "The answer is compressed in a way that is not read, or is broken, although only `identity` was asked for."
            => "Turn compression off for the webhook in what stands in front of it: it also holds streams back.";
        Ok readable(chars) "The answer has {chars} characters of text.";
        Warning slow(seconds) "The first text came after {seconds} s."
            => "Let the workflow stream, or take out what is slow before its first words.";
        Problem markup "The answer is an HTML page or a notice of a programming language such as PHP's, with a status of success."
            => "See what answers at this address: a login page, an intermediary's error page, n8n's editor, or a script that shows its warnings (in PHP: display_errors=Off).";
        Problem broken "The answer breaks off before its end."
            => "See the log of the workflow's server, and the time limits of what stands in front of it.";
        Problem started_only "n8n only says that the workflow was started: the Webhook node responds immediately."
            => "Set the Webhook node's Respond to Streaming, or to Using Respond to Webhook Node.";
        Problem human_in_the_loop "The workflow waits for a person over n8n's own chat (Response Mode \"Using Response Nodes\"), which a webhook's caller cannot take part in."
            => "Set the Chat Trigger's Response Mode to Streaming or When Last Node Finishes.";
        Problem no_data "The webhook answers with status 204, which has no text."
            => "Let Respond to Webhook respond with JSON or text instead of No Data.";
        Problem empty "The webhook answers 200 with nothing at all."
            => "Turn Enable Streaming on in the AI Agent (or in Respond to Webhook), or see that the workflow reaches its Respond to Webhook node.";
        Problem receipt "The answer only confirms that the call has arrived, such as Make's Accepted or the id of a job: nobody waits for the workflow."
            => "Let the workflow answer the call itself: in Make with the module Webhook response, in Pipedream with $.respond, in Windmill at the address run_wait_result.";
        Problem thoughts_only "The model only thinks aloud: the answer is missing behind its thoughts."
            => "Raise the model's limit of tokens, or turn its thinking off.";
        Problem file "The webhook answers with a file, such as a picture or a PDF."
            => "Let Respond to Webhook respond with JSON or text, and put a link to the file into the text.";
        Problem begun_only "The stream begins and ends without a word: the node that should speak failed, and goes on on error."
            => "See the last execution in n8n, and set the node's On Error to Stop Workflow.";
        Problem broken_json "The answer begins as JSON, and is none: a quote, a line break or a bracket in it is wrong."
            => "Build it from an object, in n8n with JSON.stringify around every text that is put in.";
        Warning mended_json "The answer is broken JSON (a quote, a line break, a comma or NaN in it); its text could be read all the same."
            => "Build it from an object, in n8n with JSON.stringify around every text that is put in.";
        Warning charset "The answer's bytes are in another encoding than its Content-Type declares (UTF-8 where it declares none): letters may be lost."
            => "Write UTF-8, and declare it: Content-Type: application/json; charset=utf-8.";
        Warning mojibake "The answer has broken letters: some were lost on the way, or encoded twice, as in `Ã©` for `é`."
            => "Let every step of the workflow read and write UTF-8; where a text was encoded twice, decode it once before it is put in.";
        Warning thoughts "The model's thoughts are left out of the answer; visitors wait while it thinks."
            => "Set THOUGHTS=step to show that it thinks, or turn the model's thinking off.";
        Warning thoughts_unopened "The answer has the end of thoughts (</think>) without their beginning: in a stream, visitors read the thoughts."
            => "Let the model's server part thoughts from the answer (its reasoning parser), or its template write <think> as well.";
        Warning marks "Marks of citations or of the model's template are left out of the answer."
            => "Turn the citations of the assistant off, or let the workflow put links in their place; stop the model at its template's own tokens.";
        Warning loose_events "The answer's events are written loosely: a blank line, a colon or the name of a field is missing, or stands there twice; words may be lost."
            => "Write each event as `data: …` (its JSON on one line), with a blank line behind it, also behind the last.";
        Warning end_unseen "The answer has neither a length nor chunks, and nothing in it says where it ends: if the connection breaks between two words, half of it passes for the whole."
            => "Let the workflow's server send Content-Length, or Transfer-Encoding: chunked (HTTP/1.1).";
        Problem no_text "The answer has no text that a visitor could read."
            => "Let it have a member `output` (or text, reply, response, message, answer, content), or name the member that holds the text with REPLY_FIELD.";
        Problem too_large "The answer is larger than a reply may be (1 MiB of text, 256 KiB a line)."
            => "Let the workflow return the answer alone, not its documents.";
        Problem silent "The answer began, and no text came in time."
            => "See the last execution in n8n: what does it wait for? A slow workflow needs a larger --timeout here.";
        Problem endless "The answer did not end in time."
            => "See the last execution in n8n; a slow workflow needs a larger --timeout here.";
        Ok streams "The answer comes as it is written.";
        Ok whole "The answer comes in one piece: visitors wait for its end. (To stream: Respond: Streaming, and an AI Agent with Enable Streaming.)";
        Ok short "The answer is a stream, too short to tell whether it comes as it is written.";
        Warning buffered "The answer is a stream whose parts all came at once: a proxy in front holds them back."
            => "Turn buffering off in what stands in front of the webhook (nginx: proxy_buffering off), and use an AI Agent node of version 3 or later.";
    }
}
