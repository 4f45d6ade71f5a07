// Keeps a page of parallax watch current: the server sends each part that has changed, as HTML.
"use strict";

const connection = document.getElementById("connection");
let source = null;

// Makes a node equal to another one. What stays keeps its focus, its open details and its scroll position.
function update(node, wanted) {
  if (node.nodeType !== wanted.nodeType || node.nodeName !== wanted.nodeName) {
    node.replaceWith(wanted);
    return;
  }
  if (node.nodeType !== Node.ELEMENT_NODE) {
    if (node.data !== wanted.data) node.data = wanted.data;
    return;
  }
  for (const name of node.getAttributeNames()) {
    if (name !== "open" && !wanted.hasAttribute(name)) node.removeAttribute(name);   // "open" is the reader's
  }
  for (const name of wanted.getAttributeNames()) {
    if (node.getAttribute(name) !== wanted.getAttribute(name)) node.setAttribute(name, wanted.getAttribute(name));
  }
  updateChildren(node, wanted);
}

// Children with an identifier are found by it, so that a new row or chart leaves those after it alone.
function updateChildren(node, wanted) {
  const ids = new Set(Array.from(wanted.children, child => child.id));
  for (const child of [...node.children]) {
    if (child.id && !ids.has(child.id)) child.remove();
  }
  let current = node.firstChild;
  for (const next of [...wanted.childNodes]) {
    const kept = next.id ? [...node.children].find(child => child.id === next.id) : undefined;
    if (kept) {
      while (current && current !== kept && !current.id) current = removed(current);
      if (current !== kept) node.insertBefore(kept, current);
      current = kept.nextSibling;
      update(kept, next);
    } else if (!current || current.id || next.id) {
      node.insertBefore(next, current);
    } else {
      const after = current.nextSibling;
      update(current, next);
      current = after;
    }
  }
  while (current) current = removed(current);
}

function removed(node) {
  const after = node.nextSibling;
  node.remove();
  return after;
}

// The version of a part that is made of others says which they are, and they have versions of their own.
function showPart(part) {
  const element = document.getElementById(part.id);
  if (!element) return;
  const template = document.createElement("template");
  template.innerHTML = part.content;
  if (element.dataset.version !== part.version) {
    updateChildren(element, template.content);
    element.dataset.version = part.version;
    return;
  }
  for (const inner of template.content.querySelectorAll("[data-version]")) {
    showPart({ id: inner.id, version: inner.dataset.version, content: inner.innerHTML });
  }
}

function listen() {
  source?.close();
  source = new EventSource(document.body.dataset.events);
  source.addEventListener("part", event => showPart(JSON.parse(event.data)));
  source.addEventListener("title", event => { document.title = JSON.parse(event.data); });
  source.addEventListener("news", event => { document.getElementById("news").textContent = JSON.parse(event.data); });
  source.onopen = () => { connection.hidden = true; };
  source.onerror = () => {
    connection.hidden = false;
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3000);   // else the browser tries again by itself
  };
}

// A page that nobody sees needs no connection, of which a browser has six for all its pages here.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) source?.close();
  else if (source?.readyState === EventSource.CLOSED) listen();
});

if (document.body.dataset.events) listen();
