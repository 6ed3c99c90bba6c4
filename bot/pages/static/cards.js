// Draws LINE's message objects; `act` says what the buttons do. Shared by the simulator and the staff page.
"use strict";
function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// One message as nodes; a page without `act` only looks.
function drawn(message, act) {
  if (message.type === "text") return Object.assign(element("div", "bot", message.text), { dir: "auto" });
  if (message.type !== "flex") return element("div", "note", message.type);
  if (message.contents.type !== "carousel") return bubble(message.contents, act);
  const row = element("div", "carousel");
  row.tabIndex = 0;
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", message.altText || "");
  message.contents.contents.forEach((one) => row.append(bubble(one, act)));
  return row;
}

function bubble(given, act) {
  const made = element("section", "bubble");
  made.dir = given.direction === "rtl" ? "rtl" : "ltr";
  for (const part of ["header", "body", "footer"]) {
    if (!given[part]) continue;
    const box = element("div", "box " + part);
    if (given[part].backgroundColor) box.style.backgroundColor = given[part].backgroundColor;
    given[part].contents.forEach((one) => box.append(component(one, act)));
    made.append(box);
  }
  return made;
}

function component(given, act) {
  if (given.type === "separator") return element("hr");
  if (given.type === "button") {
    const made = action(given.action, "action " + (given.style || ""), act);
    if (given.style === "primary") made.style.backgroundColor = given.color;
    return made;
  }
  if (given.type === "box") {
    const box = element("div", "box");
    given.contents.forEach((one) => box.append(component(one, act)));
    return box;
  }
  const text = element("p", [given.size || "md", given.weight || ""].join(" "), given.text);
  if (given.color) text.style.color = given.color;
  return text;
}

function action(given, className, act) {
  if (given.type === "uri") {
    const link = element("a", className, given.label);
    link.href = /^(https?|tel):/.test(given.uri) ? given.uri : "#";
    if (!given.uri.startsWith("tel:")) { link.target = "_blank"; link.rel = "noopener noreferrer"; }
    return link;
  }
  const button = element("button", className, given.label);
  button.type = "button";
  if (act) button.addEventListener("click", () => act(given));
  return button;
}
