/**
 * The page: one view at a time, chosen by the hash (`#/gallery`, `#/editor?photo=…`, `#/operations`).
 *
 * A view is a module with `mount(root, context)`; `context.signal` is aborted when the view ends. It may return a function
 * that takes new parameters of the same view, and returns false to be mounted again. Module and style sheet are loaded
 * when the view is first shown. Uploads and ZIP files belong to the page, so that they go on in every view.
 */

import { loadConfig } from "./lib/config.js";
import { el, fill } from "./lib/dom.js";
import { GalleryApi } from "./lib/gallery.js";
import { part } from "./lib/parts.js";
import { startTheme } from "./lib/theme.js";
import { Packing } from "./archives/packing.js";
import { Tray } from "./uploads/tray.js";
import { Uploads } from "./uploads/uploads.js";

const VIEWS = {
  gallery: { title: "Gallery", load: () => import("./gallery/view.js"), style: "gallery/gallery.css" },
  editor: { title: "Editor", load: () => import("./editor/view.js"), style: "editor/editor.css" },
  operations: { title: "Operations", load: () => import("./operations/view.js"), style: "operations/operations.css" },
};
const SCROLLED_MS = 150;

const root = document.getElementById("view");
let mounted = { name: "", update: null, ends: new AbortController() };
let shown = 0;

/** Show what the address names; return whether a view was mounted. */
async function show(context) {
  const { name, params } = route();
  if (name === mounted.name && mounted.update?.(params)) return false;
  const ticket = ++shown;
  const view = VIEWS[name];
  mounted.ends.abort();
  mounted = { name: "", update: null, ends: new AbortController() };
  mark(name, view.title);
  try {
    const module = await part(view.load, view.style);
    if (ticket !== shown) return false;
    root.replaceChildren();
    const { ends } = mounted;
    mounted = { name, ends, update: module.mount(root, { ...context, params, signal: ends.signal }) };
    scrollTo(0, history.state?.scroll ?? 0);
  } catch (error) {
    complain(error, () => show(context));
  }
  return true;
}

function route() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return { name: path in VIEWS ? path : "gallery", params: new URLSearchParams(query) };
}

function mark(name, title) {
  for (const link of document.querySelectorAll(".top nav a")) {
    if (link.getAttribute("href") === `#/${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${title} · Darkroom`;
}

function complain(error, again) {
  fill(root, el("div", { class: "notice", role: "alert" }, el("p", {}, error.message), el("button", { type: "button", onclick: again }, "Try again")));
}

/** Keep the place of each entry of the history: Back returns to it, a new view opens at its top. */
function keepScroll() {
  let timer;
  const keep = () => {
    clearTimeout(timer);
    // On the way to another view its entry is there before its content.
    if (mounted.name === route().name) history.replaceState({ ...history.state, scroll: scrollY }, "");
  };
  history.scrollRestoration = "manual";
  addEventListener("scroll", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, SCROLLED_MS);
  });
  addEventListener("popstate", () => clearTimeout(timer));
  addEventListener("pagehide", keep);
  document.addEventListener("click", (event) => event.target.closest("a[href^='#/']") && keep(), true);
}

// The hash names the view, so this link must not change it.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  root.focus();
});
// A button that is not possible now keeps the focus, and does nothing.
document.addEventListener("click", (event) => event.target.closest("[aria-disabled='true']") && event.stopImmediatePropagation(), true);

async function start() {
  try {
    const config = await loadConfig();
    const gallery = new GalleryApi(config.gallery);
    const uploads = new Uploads(gallery);
    new Tray(uploads, document.getElementById("uploads"));
    const packing = new Packing(config, document.getElementById("archives"));
    const context = { config, gallery, uploads, packing };
    addEventListener("hashchange", async () => {
      if (await show(context)) root.focus({ preventScroll: true });
    });
    await show(context);
  } catch (error) {
    complain(error, start);
  }
}

startTheme(document.getElementById("theme"));
keepScroll();
start();
