/**
 * The editor: pictures, a command in plain words, and the results.
 *
 * Contract: the edit API (`/image-edit/openapi.json`). `#/editor?photo=id&photo=id` opens photos of the gallery,
 * `#/editor?session=ses_…` an earlier edit; `#/editor` shows the table as it was left.
 */

import { acceptDrops } from "../gallery/drops.js";
import { el } from "../lib/dom.js";
import { inherit } from "../lib/focus.js";
import { counted } from "../lib/format.js";
import { EditApi } from "./api.js";
import { History } from "./history.js";
import { takeIn } from "./intake.js";
import { Opening } from "./opening.js";
import { Panel } from "./panel.js";
import { Picker } from "./picker.js";
import { Preview } from "./preview.js";
import { Results } from "./results.js";
import { Runs } from "./run.js";
import { Sessions } from "./sessions.js";
import { ofPhoto } from "./sources.js";
import { Strip } from "./strip.js";
import { theTable } from "./table.js";

/** @param {HTMLElement} root @param {any} context  of app.js */
export function mount(root, context) {
  const editor = new Editor(context);
  root.append(editor.element);
  editor.start(context.params);
  return (params) => {
    editor.opening.open(params);
    return true;
  };
}

class Editor {
  constructor({ config, gallery, uploads, signal }) {
    this.signal = signal;
    const { sizes } = config.outputs;
    this.table = theTable();
    this.api = new EditApi(config, signal);
    this.said = el("p", { class: "muted", role: "status" });
    this.runs = new Runs({ api: this.api, table: this.table, signal, say: (text) => this.say(text) });
    this.panel = new Panel({ api: this.api, runs: this.runs, onRun: (what) => this.run(what), onScope: () => this.show() });
    this.opening = new Opening({
      from: { config, gallery, sizes, signal },
      api: this.api,
      table: this.table,
      runs: this.runs,
      onCommand: (command) => (this.panel.command.text = command),
      onOpened: () => this.count(),
      say: (text) => this.say(text),
    });
    this.sessions = new Sessions({ api: this.api, onOpen: (id) => this.opening.session(id) });
    this.picker = new Picker({ gallery, signal, sizes, onPick: (photos) => this.table.add(photos.map((photo) => ofPhoto(photo, sizes))) });
    this.history = new History({ onChoose: (at) => this.change((picture) => (picture.at = at)) });
    this.results = new Results({ config, table: this.table, uploads });
    this.strip = new Strip({ onChoose: (picture) => this.choose(picture) });
    this.preview = this.makePreview();
    this.files = el("input", { type: "file", multiple: true, class: "hidden-visually", tabindex: -1, "aria-hidden": "true", onchange: () => this.picked() });
    this.empty = this.emptyState();
    this.stage = el("section", { class: "pictures", "aria-label": "Pictures" }, this.empty, this.preview.element, this.strip.element);
    this.element = this.layout();
  }

  makePreview() {
    return new Preview({
      onUndo: () => this.change((picture) => picture.undo()),
      onRedo: () => this.change((picture) => picture.redo()),
      onDownload: () => this.results.download([this.table.chosen]),
      onKeep: () => this.results.keep([this.table.chosen]),
      onRemove: () => this.removePicture(this.table.chosen),
    });
  }

  layout() {
    this.more = el("div", { class: "buttons" }, adder("From gallery", () => this.picker.open()), adder("From device", () => this.files.click()), this.results.element);
    return el(
      "div",
      { class: "editor" },
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

  emptyState() {
    return el(
      "div",
      { class: "nothing" },
      el("h2", {}, "No pictures yet"),
      el("p", { class: "muted" }, "Pick photos from the gallery, or drop files anywhere on this page."),
      el("div", { class: "buttons" }, adder("Pick from the gallery", () => this.picker.open(), "primary"), adder("Choose files", () => this.files.click())),
    );
  }

  start(params) {
    const { signal, table } = this;
    const stopDrops = acceptDrops(document.body, ({ files }) => this.takeIn(files));
    document.addEventListener("keydown", (event) => this.key(event), { signal });
    table.onChange = () => this.show();
    table.onSession = (id) => this.opening.follow(id, table.sessions.get(id));
    signal.addEventListener("abort", () => {
      stopDrops();
      this.runs.close();
      this.panel.close();
      table.onChange = () => {};
      table.onSession = () => {};
      table.save();
    });
    addEventListener("pagehide", () => table.save(), { signal });
    this.count();
    this.show();
    this.panel.start();
    this.opening.open(params);
    this.opening.followAll();
  }

  picked() {
    this.takeIn(Array.from(this.files.files));
    this.files.value = "";
  }

  takeIn(files) {
    if (!files.length) return;
    this.table.add(takeIn(files, this.api, () => this.table.changed()).pictures);
    this.count();
  }

  removePicture(picture) {
    this.table.remove(picture);
    this.say(`Removed ${picture.name} from the editor. Nothing was deleted.`);
    inherit(() => this.empty.querySelector("button"));
  }

  choose(picture) {
    this.table.chosen = picture;
    this.table.changed();
  }

  change(how) {
    how(this.table.chosen);
    this.table.changed();
  }

  get targets() {
    const { chosen, pictures } = this.table;
    const scope = this.panel.onlyThis.checked ? [chosen].filter(Boolean) : pictures;
    return scope.filter((picture) => picture.editable);
  }

  async run(what) {
    await this.runs.start(this.targets, what);
    this.sessions.refresh();
  }

  say(text) {
    this.said.textContent = text;
    if (!this.runs.running.size) this.sessions.refresh();
  }

  count() {
    this.said.textContent = this.table.pictures.length ? counted(this.table.pictures.length, "picture") : "";
  }

  show() {
    const { pictures, chosen } = this.table;
    const some = pictures.length > 0;
    this.element.classList.toggle("with-pictures", some);
    this.empty.hidden = some;
    this.more.hidden = !some;
    this.results.show();
    this.preview.element.hidden = !some;
    this.history.element.hidden = !some;
    this.strip.element.hidden = pictures.length < 2;
    this.strip.show(pictures, chosen);
    this.panel.show(this.targets, pictures.length);
    if (!some) return;
    this.preview.show(chosen);
    this.history.show(chosen);
  }

  key(event) {
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || !this.table.chosen) return;
    if (event.target.closest?.("dialog, input:not([type=range]):not([type=checkbox]), textarea, select")) return;
    event.preventDefault();
    this.change((picture) => (event.shiftKey ? picture.redo() : picture.undo()));
  }
}

function adder(label, onclick, look = "") {
  return el("button", { type: "button", class: look, onclick }, label);
}
