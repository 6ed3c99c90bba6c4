// The chat for staff: asks /staff/preview/send, which keeps nothing.
"use strict";
const chat = document.getElementById("chat");
const quick = document.getElementById("quick");
const field = document.getElementById("text");

let first = null; // what was said last begins here

function show(node) {
  chat.append(node);
  first ??= node;
  chat.scrollTop = first.offsetTop - chat.offsetTop; // the chat alone: the page around it stays where it is
}

async function send(given, shown) {
  first = null;
  if (shown) show(Object.assign(element("div", "mine", shown), { dir: "auto" }));
  quick.replaceChildren();
  chat.setAttribute("aria-busy", "true");
  const answer = await fetch(chat.dataset.send, {
    method: "POST", headers: { "Content-Type": "application/json", "X-CSRF-Token": chat.dataset.token },
    body: JSON.stringify({ ...given, locale: chat.dataset.locale }),
  });
  chat.removeAttribute("aria-busy");
  if (!answer.ok) return location.reload();
  const found = await answer.json();
  found.messages.forEach((message) => {
    show(drawn(message, act));
    if (message.quickReply) quick.replaceChildren(...message.quickReply.items.map((item) => action(item.action, "action", act)));
  });
  show(element("div", "note", [found.outcome, ...found.entries].join(" · ")));
}

function act(given) {
  if (given.type === "postback") send({ kind: "postback", data: given.data }, given.displayText);
  if (given.type === "location") send({ kind: "location" }, "📍");
}

document.getElementById("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = field.value.trim();
  field.value = "";
  if (text) send({ kind: "text", text }, text);
});
send({ kind: "follow" });
