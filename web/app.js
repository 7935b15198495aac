/**
 * The page: one view at a time, chosen by the hash (`#/gallery`, `#/editor?photos=…`, `#/operations`).
 *
 * A view is a module with `mount(root, context)`, which may return a function that unmounts it. Module and style sheet
 * are loaded when the view is first shown.
 */

import { loadConfig } from "./lib/config.js";
import { el, fill } from "./lib/dom.js";
import { startTheme } from "./lib/theme.js";

const VIEWS = {
  gallery: {
    title: "Gallery",
    load: () => import("./gallery/view.js"),
    styles: ["gallery/gallery.css", "gallery/lightbox.css"],
  },
  editor: { title: "Editor", load: () => import("./editor/view.js"), styles: ["editor/editor.css"] },
  operations: { title: "Operations", load: () => import("./operations/view.js"), styles: ["operations/operations.css"] },
};

const root = document.getElementById("view");
let unmount = () => {};
let shown = 0;

/** Show the view that the hash names; the same view again is mounted again. */
async function show(config) {
  const ticket = ++shown;
  const { name, params } = route();
  const view = VIEWS[name];
  unmount();
  unmount = () => {};
  for (const link of document.querySelectorAll(".top nav a")) {
    const current = link.getAttribute("href") === `#/${name}`;
    if (current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${view.title} · Darkroom`;
  try {
    const [module] = await Promise.all([view.load(), ...view.styles.map(styled)]);
    if (ticket !== shown) return;
    root.replaceChildren();
    unmount = module.mount(root, { config, params }) || (() => {});
  } catch (error) {
    complain(error);
  }
}

function route() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return { name: path in VIEWS ? path : "gallery", params: new URLSearchParams(query) };
}

/** Load a style sheet once, before its view is shown: a late style would move the layout. */
function styled(href) {
  const known = document.querySelector(`link[href="${href}"]`);
  if (known) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const link = el("link", { rel: "stylesheet", href, onload: resolve, onerror: reject });
    document.head.append(link);
  });
}

function complain(error) {
  fill(root, el("p", { class: "notice", role: "alert" }, error.message || "The page could not be loaded. Reload it."));
}

// The hash names the view, so this link must not change it.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  root.focus();
});
startTheme(document.getElementById("theme"));
loadConfig().then((config) => {
  addEventListener("hashchange", () => show(config).then(() => root.focus({ preventScroll: true })));
  return show(config);
}, complain);
