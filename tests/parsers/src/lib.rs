//! Every parser of outside bytes, each with a body that feeds it an input and asserts the properties that must hold.
//!
//! `deterministic` runs the bodies over `seeds/` and a fixed number of mutations of them; the targets in `../fuzz`
//! hand them what libFuzzer finds. A body panics where something does not hold, and nowhere else.

mod bodies;
mod forge;
mod input;

use porthole_widget_core::{markdown, text};

/// Calls a macro with every parser: the name of its body, its target and its folder of seeds, and how many mutated
/// inputs it gets in each `cargo test`. A slow one gets fewer.
#[macro_export]
macro_rules! for_each_parser {
    ($then:ident) => {
        $then! {
            accept 20_000;
            address 20_000;
            ag_ui 2_000;
            anthropic 2_000;
            assistants 2_000;
            bearer 30_000;
            bots 2_000;
            chat_completions 2_000;
            content_type 30_000;
            create 30_000;
            date 10_000;
            dify 2_000;
            documents 200;
            event 20_000;
            export 4_000;
            feedback 20_000;
            flowise 2_000;
            frame_query 20_000;
            history 8_000;
            host 20_000;
            langflow 2_000;
            langgraph 2_000;
            last_event_id 20_000;
            lines 20_000;
            markdown 2_000;
            markup 4_000;
            message_body 40_000;
            message_text 40_000;
            metadata 20_000;
            models 2_000;
            origin 40_000;
            pem 10_000;
            policy 8_000;
            proof 6_000;
            reply 12_000;
            responses 2_000;
            secrets 4_000;
            session_token 6_000;
            settings 6_000;
            site 30_000;
            sse 12_000;
            template 12_000;
            ticket 6_000;
            transcript 12_000;
            ui_stream 2_000;
            visible_text 20_000;
        }
    };
}

macro_rules! bodies {
    ($($name:ident $_runs:literal;)*) => {
        $(pub use bodies::$name;)*
    };
}

for_each_parser!(bodies);
