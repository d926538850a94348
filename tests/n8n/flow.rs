//! Workflows as small as a case needs them, written down node by node.

use serde_json::{Map, Value, json};

const BASE: &str = "n8n-nodes-base.";
const AI: &str = "@n8n/n8n-nodes-langchain.";

/// A workflow: nodes in a row, and what hangs below its agents.
#[derive(Clone, Debug)]
pub(crate) struct Flow {
    name: String,
    nodes: Vec<Value>,
    connections: Map<String, Value>,
    settings: Value,
}

/// A node before it has its place.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    name: String,
    kind: String,
    version: Value,
    parameters: Value,
    more: Value,
}

impl Flow {
    /// Begins with a Webhook node.
    pub(crate) fn hook(path: &str, mode: &str, parameters: Value) -> Self {
        let mut node = Node::new("Webhook", BASE, "webhook", json!(2.1), parameters);
        node.parameters["httpMethod"] = json!("POST");
        node.parameters["path"] = json!(path);
        node.parameters["responseMode"] = json!(mode);
        node.more = json!({"webhookId": path});
        Self::beginning(path, node)
    }

    /// Begins with a Chat Trigger.
    pub(crate) fn chat(path: &str, mode: &str, parameters: Value) -> Self {
        let mut node = Node::new("Chat Trigger", AI, "chatTrigger", json!(1.5), parameters);
        for (name, default) in [("public", json!(true)), ("mode", json!("webhook"))] {
            if node.parameters[name].is_null() {
                node.parameters[name] = default;
            }
        }
        node.parameters["options"]["responseMode"] = json!(mode);
        node.more = json!({"webhookId": path});
        Self::beginning(path, node)
    }

    fn beginning(path: &str, node: Node) -> Self {
        let flow = Self {
            name: path.to_owned(),
            nodes: Vec::new(),
            connections: Map::new(),
            settings: json!({"executionOrder": "v1"}),
        };
        flow.with_node(node)
    }

    /// Adds a node behind the last.
    pub(crate) fn then(mut self, node: Node) -> Self {
        let last = self.nodes.iter().rev().find(|node| node["position"][1] == 0);
        let last = last.unwrap()["name"].as_str().unwrap().to_owned();
        self.connections.entry(last).or_insert_with(|| json!({}))["main"] =
            json!([[{"node": node.name, "type": "main", "index": 0}]]);
        self.with_node(node)
    }

    /// Adds an agent behind the last node, with a model of its own.
    pub(crate) fn agent(self, name: &str, options: &Value) -> Self {
        self.then(agent(name, options)).below(name, "ai_languageModel", model(name))
    }

    /// Hangs a node below another.
    pub(crate) fn below(mut self, upper: &str, kind: &str, node: Node) -> Self {
        self.connections
            .insert(node.name.clone(), json!({kind: [[{"node": upper, "type": kind, "index": 0}]]}));
        let mut flow = self.with_node(node);
        flow.nodes.last_mut().unwrap()["position"][1] = json!(200);
        flow
    }

    /// Hangs a node that is there below one more.
    pub(crate) fn also(mut self, lower: &str, upper: &str) -> Self {
        for (kind, links) in self.connections[lower].as_object_mut().unwrap() {
            let link = json!({"node": upper, "type": kind, "index": 0});
            links[0].as_array_mut().unwrap().push(link);
        }
        self
    }

    /// Lets n8n cancel the execution after so many seconds.
    pub(crate) fn within_seconds(mut self, seconds: u32) -> Self {
        self.settings["executionTimeout"] = json!(seconds);
        self
    }

    /// Sets a parameter of a node that is there.
    pub(crate) fn with(mut self, name: &str, parameter: &str, value: &Value) -> Self {
        self.node(name)["parameters"][parameter] = value.clone();
        self
    }

    /// Has the workflow go on when a node fails.
    pub(crate) fn continuing_on_error(mut self, name: &str) -> Self {
        self.node(name)["onError"] = json!("continueRegularOutput");
        self
    }

    fn node(&mut self, name: &str) -> &mut Value {
        self.nodes.iter_mut().find(|node| node["name"] == name).unwrap()
    }

    fn with_node(mut self, node: Node) -> Self {
        let Node { name, kind, version, parameters, more } = node;
        let mut placed = json!({
            "id": format!("{}-{}", self.name, self.nodes.len()), "name": name, "type": kind,
            "typeVersion": version, "position": [220 * self.nodes.len(), 0], "parameters": parameters,
        });
        if let Value::Object(more) = more {
            placed.as_object_mut().unwrap().extend(more);
        }
        self.nodes.push(placed);
        self
    }

    /// As n8n imports it.
    pub(crate) fn into_json(self) -> Value {
        json!({"name": self.name, "nodes": self.nodes, "connections": self.connections, "settings": self.settings})
    }
}

impl Node {
    fn new(name: &str, family: &str, kind: &str, version: Value, parameters: Value) -> Self {
        Self { name: name.to_owned(), kind: format!("{family}{kind}"), version, parameters, more: json!({}) }
    }
}

/// Leaves this JSON, which may hold expressions, as the only item.
pub(crate) fn set(json: &str) -> Node {
    Node::new("Set", BASE, "set", json!(3.4), json!({"mode": "raw", "jsonOutput": json, "options": {}}))
}

/// Runs JavaScript that returns items.
pub(crate) fn code(script: &str) -> Node {
    Node::new("Code", BASE, "code", json!(2), json!({"jsCode": script}))
}

/// Waits.
pub(crate) fn wait(seconds: u32) -> Node {
    let mut node = Node::new("Wait", BASE, "wait", json!(1.1), json!({"amount": seconds, "unit": "seconds"}));
    node.more = json!({"webhookId": "wait"});
    node
}

/// Responds in one of the ways of Respond to Webhook; `body` is for those that have one.
pub(crate) fn respond(with: &str, body: &str, options: &Value) -> Node {
    let parameters = json!({"respondWith": with, "responseBody": body, "options": options});
    Node::new("Respond", BASE, "respondToWebhook", json!(1.5), parameters)
}

/// Makes a file of base64.
pub(crate) fn file(base64: &str, media_type: &str) -> Node {
    let script = format!(
        "return [{{json: {{}}, binary: {{data: {{data: '{base64}', mimeType: '{media_type}', fileName: 'f'}}}}}}];"
    );
    code(&script)
}

/// An agent without its model.
fn agent(name: &str, options: &Value) -> Node {
    let text = "={{ $json.body?.chatInput ?? $json.chatInput ?? 'again' }}";
    let mut parameters = json!({"promptType": "define", "text": text, "options": options});
    if parameters["options"]["enableStreaming"].is_null() {
        parameters["options"]["enableStreaming"] = json!(true);
    }
    Node::new(name, AI, "agent", json!(3.1), parameters)
}

/// A language model.
pub(crate) fn model(of: &str) -> Node {
    let id = json!({"__rl": true, "mode": "id", "value": "stub"});
    Node::new(&format!("Model of {of}"), AI, "lmChatOpenAi", json!(1.2), json!({"model": id, "options": {}}))
}

/// n8n's calculator, as a tool.
pub(crate) fn calculator() -> Node {
    Node::new("Calculator", AI, "toolCalculator", json!(1), json!({}))
}

/// A node as a tool: it asks at an address where no server listens.
pub(crate) fn broken_tool() -> Node {
    let parameters = json!({"url": "http://127.0.0.1:9/", "options": {}});
    Node::new("Orders", BASE, "httpRequestTool", json!(4.2), parameters)
}

/// Asks the model for an object with an `answer`.
pub(crate) fn parser() -> Node {
    let example = r#"{"answer": "text", "score": 1}"#;
    Node::new("Parser", AI, "outputParserStructured", json!(1.2), json!({"jsonSchemaExample": example}))
}

/// A Chat node, which waits for a person.
pub(crate) fn ask_person() -> Node {
    let parameters = json!({"operation": "sendAndWait", "message": "Your name?", "options": {}});
    let mut node = Node::new("Ask", AI, "chat", json!(1.2), parameters);
    node.more = json!({"webhookId": "ask"});
    node
}

/// Returns the memory node of an agent.
pub(crate) fn memory() -> Node {
    let key = "={{ $json.body?.sessionId ?? $json.sessionId }}";
    let parameters = json!({"sessionIdType": "customKey", "sessionKey": key, "contextWindowLength": 10});
    Node::new("Memory", AI, "memoryBufferWindow", json!(1.3), parameters)
}
