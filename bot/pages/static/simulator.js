// Sends what a person does and shows what the bot says (cards.js draws it). No library, no network but this server.
"use strict";
const chat = document.getElementById("chat");
const quick = document.getElementById("quick");
const field = document.getElementById("text");
const raw = document.getElementById("raw");
let person = sessionStorage.getItem("person") || newPerson();

function newPerson() {
  const name = Math.random().toString(36).slice(2);
  sessionStorage.setItem("person", name);
  return name;
}

function show(node) {
  chat.append(node);
  node.scrollIntoView({ block: "nearest" });
}

async function send(given, shown) {
  if (shown) show(Object.assign(element("div", "mine", shown), { dir: "auto" }));
  quick.replaceChildren();
  chat.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch("/simulator/send", {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...given, chat: person }),
    });
    const found = await answer.json();
    if (raw.checked) show(element("pre", "", JSON.stringify(found, null, 1)));
    if (!answer.ok) show(element("div", "note", found.error || "Error"));
    (found.messages || []).forEach(render);
    if (answer.ok && !(found.messages || []).length) show(element("div", "note", "(the bot says nothing)"));
  } catch (error) {
    show(element("div", "note", "The server cannot be reached. Is it running?"));
  }
  chat.removeAttribute("aria-busy");
}

function render(message) {
  show(drawn(message, act));
  if (message.quickReply) quick.replaceChildren(...message.quickReply.items.map((item) => action(item.action, "action", act)));
}

function act(given) {
  if (given.type === "postback") send({ kind: "postback", data: given.data }, given.displayText);
  if (given.type === "location") sendPlace();
}

function sendPlace() {
  send({ kind: "location", latitude: 35.3190, longitude: 139.5505 }, "📍");
}

function sendText(kind, more) {
  const text = field.value.trim();
  if (!text) return field.focus();
  field.value = "";
  send({ kind, text, ...more }, text);
}

document.getElementById("form").addEventListener("submit", (event) => { event.preventDefault(); sendText("text"); });
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); sendText("text"); }
});
document.getElementById("menu").addEventListener("click", (event) => {
  const kind = event.target.dataset && event.target.dataset.kind;
  if (!kind) return;
  document.getElementById("menu").open = false;
  if (kind === "location") sendPlace();
  else if (kind === "group") sendText("group");
  else if (kind === "redeliver") sendText("text", { redeliver: true });
  else if (kind === "new") { person = newPerson(); chat.replaceChildren(); quick.replaceChildren(); send({ kind: "follow" }); }
  else send({ kind }, { sticker: "🙂 (sticker)", image: "🖼 (picture)" }[kind]);
});
send({ kind: "follow" });
