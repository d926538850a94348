//! Names below which anyone may have a host: a wildcard there would let strangers show the chat.
//!
//! A compact list instead of the public suffix list: that has some 10,000 rows under another licence, and an operator
//! names one.

/// The second labels below which the registries of countries sell names, whatever the country.
const SECOND_LEVEL: &str = "ac co com edu gob gouv gov mil net org";

/// The others, of single countries.
const REGISTRIES: &str = "\
    adv.br art.br asn.au asso.fr blog.br eco.br firm.in gen.in gen.nz go.id go.jp go.ke go.kr go.th go.tz \
    gr.jp id.au idf.il ind.br ind.in inf.br info.pl iwi.nz k12.il kiwi.nz ltd.uk maori.nz me.uk muni.il \
    my.id ne.jp ne.kr nhs.uk nom.br nom.co nom.es nom.fr or.at or.id or.jp or.ke or.kr or.th or.tz pe.kr \
    plc.uk police.uk pp.ua priv.at re.kr sch.id sch.uk school.nz web.id web.za waw.pl de.com eu.com gb.net \
    jp.net ru.com sa.com se.net uk.com uk.net us.com za.com eu.org us.org";

/// Hosts of platforms, where every customer has one.
const PLATFORMS: &str = "\
    amplifyapp.com app.github.dev appspot.com awsapprunner.com azureedge.net azurefd.net azurestaticapps.net \
    azurewebsites.net bitbucket.io blogspot.com bubbleapps.io carrd.co cloudapp.azure.com cloudapp.net \
    cloudfront.net csb.app deno.dev deno.net duckdns.org elasticbeanstalk.com firebaseapp.com fly.dev \
    framer.app framer.website framer.ai gitbook.io github.io gitlab.io gitpod.io glitch.me herokuapp.com \
    hf.space hubspotpagebuilder.com kinsta.app kinsta.cloud kinsta.page loca.lt localhost.run lovable.app \
    my.site.com myshopify.com netlify.app netlify.com ngrok-free.app ngrok-free.dev ngrok.app ngrok.dev \
    ngrok.io nip.io notion.site now.sh on-fleek.app ondigitalocean.app onrender.com pages.dev \
    pythonanywhere.com r2.dev railway.app render.com repl.co replit.app replit.dev run.app sslip.io \
    stackblitz.io streamlit.app super.site surge.sh translate.goog trycloudflare.com up.railway.app \
    usercontent.goog vercel.app vercel.dev web.app webcontainer.io webflow.io weebly.com weeblysite.com \
    wixsite.com wixstudio.com wordpress.com workers.dev wpengine.com wpenginepowered.com xip.io zeabur.app \
    godaddysites.com squarespace.com tumblr.com web.core.windows.net";

/// Platforms whose customers also have hosts deeper below them.
const DEEP_PLATFORMS: &str = "amazonaws.com run.app core.windows.net digitaloceanspaces.com";

/// Tells if names directly below `name` are sold or given to anyone by a registry.
pub(super) fn is_registry(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    match name.split_once('.') {
        None => true,
        Some((second, top)) => top.len() == 2 && holds(SECOND_LEVEL, second) || holds(REGISTRIES, name),
    }
}

/// Tells if anyone may have a host directly below `name`.
pub(super) fn is_shared(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_below =
        |platform| name.strip_suffix(platform).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    is_registry(name) || holds(PLATFORMS, name) || DEEP_PLATFORMS.split(' ').any(is_below)
}

fn holds(names: &str, name: &str) -> bool {
    names.split(' ').any(|other| other == name)
}
