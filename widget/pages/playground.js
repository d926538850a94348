// Applies options to the widget of this page, and writes the tag for them.

const form = document.getElementById("options");
const script = document.getElementById("widget");
const stage = document.getElementById("stage");
const tag = document.getElementById("tag");
const copy = document.getElementById("copy");
const copyStatus = document.getElementById("copy-status");
const defaults = { mode: "bubble", position: "right", theme: "auto", color: form.elements.color.value, title: "" };

window.porthole ??= (...call) => (window.porthole.q ??= []).push(call);

let mode = defaults.mode;
let restarts = 0;

function readForm() {
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
}

/** The options that differ from what the widget does anyway, as attributes of the tag. */
function attributesOf({ mode, position, ...look }) {
  const place = mode === "inline" ? { mode, target: "#chat" } : { position };
  return Object.entries({ ...place, ...look }).filter(([name, value]) => value && value !== defaults[name]);
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

function tagFor(options) {
  const source = `${document.body.dataset.publicUrl}/widget.js`;
  const attributes = attributesOf(options).map(([name, value]) => `\n  data-${name}="${escaped(value)}"`);
  const place = options.mode === "inline" ? '<div id="chat"></div>\n' : "";
  return `${place}<script async src="${source}"${attributes.join("")}></` + "script>";
}

/** Restarts the chat, which cannot move to another place: the loader starts again from its tag. */
async function startAgain(options) {
  mode = options.mode;
  stage.hidden = mode !== "inline";
  for (const name of Object.keys(script.dataset)) delete script.dataset[name];
  for (const [name, value] of attributesOf(options)) script.dataset[name] = name === "target" ? "#stage" : value;
  window.porthole("destroy");
  // A browser runs the loader once for each address; the loader finds its tag by itself.
  await import(`${document.body.dataset.publicUrl}/widget.js?restart=${++restarts}`);
  if (mode === "inline") stage.scrollIntoView({ block: "nearest", behavior: "smooth" });
}

function apply() {
  // An inline chat has no corner; a disabled field would also be missing from the form's values.
  document.getElementById("position").disabled = false;
  const options = { ...defaults, ...readForm() };
  tag.textContent = tagFor(options);
  document.getElementById("position").disabled = options.mode === "inline";
  if (options.mode !== mode) {
    startAgain(options);
    return;
  }
  const color = options.color === defaults.color ? undefined : options.color;
  window.porthole("update", { position: options.position, theme: options.theme, color, title: options.title || undefined });
}

async function copyTag() {
  try {
    await navigator.clipboard.writeText(tag.textContent);
    copyStatus.textContent = "Copied.";
    copy.textContent = "Copied";
  } catch {
    // Without permission the visitor copies what is selected.
    getSelection().selectAllChildren(tag);
    copyStatus.textContent = "The tag is selected. Copy it with your keyboard.";
    copy.textContent = "Selected";
  }
  setTimeout(() => { copy.textContent = "Copy"; }, 2_000);
}

form.addEventListener("input", apply);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(apply));
copy.addEventListener("click", copyTag);
document.getElementById("open").addEventListener("click", () => window.porthole("open"));
// A browser may have kept the form over a reload.
apply();
