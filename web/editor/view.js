/**
 * The editor: pictures, a command in plain words, and the results.
 *
 * Contract: the edit API (`/image-edit/openapi.json`). `#/editor?photos=id,id` opens photos of the gallery,
 * `#/editor?session=ses_…` an earlier edit, also one that still runs.
 */

import { acceptDrops } from "../gallery/drops.js";
import { el } from "../lib/dom.js";
import { counted } from "../lib/format.js";
import { toast } from "../lib/toast.js";
import { EditApi } from "./api.js";
import { download } from "./download.js";
import { History } from "./history.js";
import { takeIn } from "./intake.js";
import { Panel } from "./panel.js";
import { Picker } from "./picker.js";
import { Preview } from "./preview.js";
import { Runs } from "./run.js";
import { Sessions } from "./sessions.js";
import { forget, ofIds, ofPhoto, ofSession } from "./sources.js";
import { Strip } from "./strip.js";

/** @param {HTMLElement} root @param {{config: import("../lib/config.js").Config, params: URLSearchParams}} context */
export function mount(root, { config, params }) {
  const editor = new Editor(config);
  root.append(editor.element);
  editor.start(params);
  return () => editor.close();
}

class Editor {
  constructor(config) {
    this.config = config;
    this.api = new EditApi(config);
    this.pictures = [];
    this.said = el("p", { class: "muted", role: "status" });
    this.runs = new Runs({ api: this.api, onChange: () => this.show(), say: (text) => this.say(text) });
    this.panel = new Panel({ api: this.api, runs: this.runs, onRun: (what) => this.run(what), onScope: () => this.show() });
    this.sessions = new Sessions({ api: this.api, onOpen: (id) => this.attempt(() => this.openSession(id)) });
    this.picker = new Picker({ config, onPick: (photos) => this.put(photos.map((photo) => ofPhoto(photo, config.outputs.sizes))) });
    this.history = new History({ onChoose: (at) => this.change((picture) => (picture.at = at)) });
    this.strip = new Strip({ onChoose: (picture) => this.choose(picture) });
    this.preview = new Preview({
      onUndo: () => this.change((picture) => picture.undo()),
      onRedo: () => this.change((picture) => picture.redo()),
      onDownload: () => this.attempt(() => download(this.chosen.current, this.chosen.name)),
      onRemove: () => this.removePicture(this.chosen),
    });
    this.files = el("input", { type: "file", multiple: true, class: "hidden-visually", tabindex: -1, "aria-hidden": "true", onchange: () => this.picked() });
    this.empty = this.emptyState();
    this.stage = el("section", { class: "pictures", "aria-label": "Pictures" }, this.empty, this.preview.element, this.strip.element);
    this.element = this.layout();
  }

  layout() {
    this.more = el("div", { class: "buttons" }, this.adder("From gallery", () => this.picker.open()), this.adder("From device", () => this.files.click()));
    return el(
      "div",
      { class: "editor", onkeydown: (event) => this.key(event) },
      el("div", { class: "head" }, el("div", {}, el("h1", {}, "Editor"), this.said), this.more, this.files),
      el(
        "div",
        { class: "columns" },
        this.stage,
        el("section", { class: "panel", "aria-label": "Edit" }, this.panel.element, this.history.element, this.sessions.element),
      ),
      this.picker.dialog,
    );
  }

  adder(label, onclick, look = "") {
    return el("button", { type: "button", class: look, onclick }, label);
  }

  emptyState() {
    return el(
      "div",
      { class: "nothing" },
      el("h2", {}, "No pictures yet"),
      el("p", { class: "muted" }, "Pick photos from the gallery, or drop files anywhere on this page."),
      el("div", { class: "buttons" }, this.adder("Pick from the gallery", () => this.picker.open(), "primary"), this.adder("Choose files", () => this.files.click())),
    );
  }

  start(params) {
    this.stopDrops = acceptDrops(document.body, ({ files }) => this.takeIn(files));
    this.show();
    this.panel.start();
    const ids = (params.get("photos") || "").split(",").filter(Boolean);
    if (ids.length) this.attempt(async () => this.put(await ofIds(ids, this.config)));
    else if (params.get("session")) this.attempt(() => this.openSession(params.get("session")));
  }

  close() {
    this.stopDrops();
    this.runs.close();
    this.panel.command.close();
    this.pictures.forEach(forget);
    if (this.picker.dialog.open) this.picker.dialog.close();
  }

  picked() {
    this.takeIn(Array.from(this.files.files));
    this.files.value = "";
  }

  takeIn(files) {
    if (!files.length) return;
    const { pictures } = takeIn(files, this.api, () => this.show());
    this.put(pictures);
  }

  put(pictures) {
    this.pictures.push(...pictures);
    this.said.textContent = counted(this.pictures.length, "picture");
    this.choose(pictures[0] || this.chosen);
  }

  removePicture(picture) {
    const at = this.pictures.indexOf(picture);
    this.pictures.splice(at, 1);
    forget(picture);
    this.choose(this.pictures[Math.min(at, this.pictures.length - 1)]);
    this.say(`Removed ${picture.name} from the editor. Nothing was deleted.`);
  }

  choose(picture) {
    this.chosen = picture;
    this.show();
  }

  change(how) {
    how(this.chosen);
    this.show();
  }

  get targets() {
    const scope = this.panel.onlyThis.checked ? [this.chosen].filter(Boolean) : this.pictures;
    return scope.filter((picture) => picture.editable);
  }

  async run(what) {
    const id = await this.runs.start(this.targets, what);
    // A reload then opens the running edit. replaceState, because a new hash would mount the view again.
    history.replaceState(null, "", `#/editor?session=${id}`);
    this.panel.clear();
    this.sessions.refresh();
  }

  async openSession(id) {
    const session = await this.api.session(id);
    const pictures = await ofSession(session, this.config);
    this.runs.forget(id);
    this.pictures.forEach(forget);
    this.pictures = [];
    this.put(Array.from(pictures.values()));
    this.runs.resume(session, pictures);
    this.panel.command.text = session.operation.command || "";
    this.show();
  }

  say(text) {
    this.said.textContent = text;
    if (!this.runs.running.size) this.sessions.refresh();
  }

  async attempt(work) {
    try {
      await work();
    } catch (error) {
      toast(error.message);
    }
  }

  show() {
    const some = this.pictures.length > 0;
    this.empty.hidden = some;
    this.more.hidden = !some;
    this.preview.element.hidden = !some;
    this.history.element.hidden = !some;
    this.strip.element.hidden = this.pictures.length < 2;
    this.strip.show(this.pictures, this.chosen);
    this.panel.show(this.targets, this.pictures.length);
    if (!some) return;
    this.preview.show(this.chosen);
    this.history.show(this.chosen);
  }

  key(event) {
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || !this.chosen) return;
    if (event.target.matches("input:not([type=range]):not([type=checkbox]), textarea, select")) return;
    event.preventDefault();
    this.change((picture) => (event.shiftKey ? picture.redo() : picture.undo()));
  }
}
