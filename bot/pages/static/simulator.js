// Renders LINE's message objects and sends what a person does. No library, no network but this server.
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

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
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
  if (message.type === "text") show(Object.assign(element("div", "bot", message.text), { dir: "auto" }));
  if (message.type === "flex") {
    const contents = message.contents;
    if (contents.type === "carousel") {
      const row = element("div", "carousel");
      row.tabIndex = 0;
      contents.contents.forEach((one) => row.append(bubble(one)));
      show(row);
    } else show(bubble(contents));
  }
  if (message.quickReply) quick.replaceChildren(...message.quickReply.items.map((item) => action(item.action, "action")));
}

function bubble(given) {
  const made = element("section", "bubble");
  made.dir = given.direction === "rtl" ? "rtl" : "ltr";
  for (const part of ["header", "body", "footer"]) {
    if (!given[part]) continue;
    const box = element("div", "box " + part);
    if (given[part].backgroundColor) box.style.backgroundColor = given[part].backgroundColor;
    given[part].contents.forEach((one) => box.append(component(one)));
    made.append(box);
  }
  return made;
}

function component(given) {
  if (given.type === "separator") return element("hr");
  if (given.type === "button") {
    const made = action(given.action, "action " + (given.style || ""));
    if (given.style === "primary") made.style.backgroundColor = given.color;
    return made;
  }
  if (given.type === "box") {
    const box = element("div", "box");
    given.contents.forEach((one) => box.append(component(one)));
    return box;
  }
  const text = element("p", [given.size || "md", given.weight || ""].join(" "), given.text);
  if (given.color) text.style.color = given.color;
  return text;
}

function action(given, className) {
  if (given.type === "uri") {
    const link = element("a", className, given.label);
    link.href = /^(https?|tel):/.test(given.uri) ? given.uri : "#";
    if (!given.uri.startsWith("tel:")) { link.target = "_blank"; link.rel = "noopener noreferrer"; }
    return link;
  }
  const button = element("button", className, given.label);
  button.type = "button";
  if (given.type === "postback") button.addEventListener("click", () => send({ kind: "postback", data: given.data }, given.displayText));
  if (given.type === "location") button.addEventListener("click", () => sendPlace());
  return button;
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
