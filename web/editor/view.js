/**
 * The editor: pictures, a command in plain words, and the results.
 *
 * Contract: the edit API (`/image-edit/openapi.json`). `#/editor?photo=id&photo=id` opens photos of the gallery,
 * `#/editor?session=ses_…` an earlier edit; `#/editor` shows the table as it was left.
 */

import { acceptDrops } from "../gallery/drops.js";
import { replaceAddress } from "../lib/address.js";
import { el } from "../lib/dom.js";
import { inherit } from "../lib/focus.js";
import { counted } from "../lib/format.js";
import { inLanes } from "../lib/lanes.js";
import { menu } from "../lib/menu.js";
import { bytesOf, save } from "../lib/save.js";
import { toast } from "../lib/toast.js";
import { EditApi } from "./api.js";
import { History } from "./history.js";
import { takeIn } from "./intake.js";
import { Panel } from "./panel.js";
import { Picker } from "./picker.js";
import { Preview } from "./preview.js";
import { Runs } from "./run.js";
import { Sessions } from "./sessions.js";
import { ofIds, ofPhoto, ofSession } from "./sources.js";
import { Strip } from "./strip.js";
import { theTable } from "./table.js";

/** @param {HTMLElement} root @param {any} context  of app.js */
export function mount(root, context) {
  const editor = new Editor(context);
  root.append(editor.element);
  editor.start(context.params);
  return (params) => {
    editor.open(params);
    return true;
  };
}

class Editor {
  constructor({ config, gallery, uploads, signal }) {
    this.config = config;
    this.gallery = gallery;
    this.uploads = uploads;
    this.signal = signal;
    this.sizes = config.outputs.sizes;
    this.table = theTable();
    this.api = new EditApi(config, signal);
    this.said = el("p", { class: "muted", role: "status" });
    this.runs = new Runs({ api: this.api, table: this.table, signal, say: (text) => this.say(text) });
    this.panel = new Panel({ api: this.api, runs: this.runs, onRun: (what) => this.run(what), onScope: () => this.show() });
    this.sessions = new Sessions({ api: this.api, onOpen: (id) => this.attempt(() => this.openSession(id)) });
    this.picker = new Picker({ gallery, signal, sizes: this.sizes, onPick: (photos) => this.table.add(photos.map((photo) => ofPhoto(photo, this.sizes))) });
    this.history = new History({ onChoose: (at) => this.change((picture) => (picture.at = at)) });
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
      onDownload: () => this.download([this.table.chosen]),
      onKeep: () => this.keep([this.table.chosen]),
      onRemove: () => this.removePicture(this.table.chosen),
    });
  }

  layout() {
    this.results = menu("save", "Results", () => this.forAll());
    this.more = el("div", { class: "buttons" }, adder("From gallery", () => this.picker.open()), adder("From device", () => this.files.click()), this.results);
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

  /** Entries of the menu for all results. */
  forAll() {
    const all = this.edited;
    const entry = (words, act) => el("button", { type: "button", onclick: act }, words);
    return [entry(`Download ${counted(all.length, "result")}`, () => this.download(all)), entry("Save all to the gallery", () => this.keep(all))];
  }

  get edited() {
    return this.table.pictures.filter(({ result }) => result);
  }

  start(params) {
    const { signal, table } = this;
    const stopDrops = acceptDrops(document.body, ({ files }) => this.takeIn(files));
    document.addEventListener("keydown", (event) => this.key(event), { signal });
    table.onChange = () => this.show();
    signal.addEventListener("abort", () => {
      stopDrops();
      this.runs.close();
      this.panel.close();
      table.onChange = () => {};
      table.save();
    });
    addEventListener("pagehide", () => table.save(), { signal });
    this.count();
    this.show();
    this.panel.start();
    this.open(params);
    for (const [id, known] of table.sessions) this.follow(id, known);
  }

  /** Open what the address names, once: the table is kept, and so a reload shows it as it is. */
  async open(params) {
    const ids = params.getAll("photo");
    const session = params.get("session");
    if (!ids.length && !session) return;
    await this.attempt(() => (session ? this.openSession(session) : this.openPhotos(ids)));
    if (!this.signal.aborted) replaceAddress("#/editor");
  }

  async openPhotos(ids) {
    const pictures = await ofIds(ids, this);
    const lost = ids.length - pictures.length;
    if (lost) toast(lost === 1 ? "1 photo is not there any more." : `${lost} photos are not there any more.`);
    this.table.replace(pictures.map((picture) => this.table.known(picture)));
    this.count();
  }

  async openSession(id) {
    const session = await this.api.session(id);
    const pictures = await ofSession(session, this);
    this.runs.forget(id);
    this.table.replace(Array.from(pictures.values()));
    this.runs.resume(session, pictures);
    this.panel.command.text = session.operation.command || "";
    this.count();
  }

  /** Follow an edit that was started before this view. */
  async follow(id, known) {
    const byId = new Map(this.table.pictures.map((picture) => [picture.id, picture]));
    const pictures = new Map(Object.keys(known.parents).filter((one) => byId.has(one)).map((one) => [one, byId.get(one)]));
    try {
      this.runs.resume(await this.api.session(id), pictures, known);
    } catch (error) {
      if (error.status === 404) this.table.sessions.delete(id);
      this.say(error.message);
    }
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

  /** Save results on this device. @param {import("./pictures.js").Picture[]} pictures */
  download(pictures) {
    const entries = pictures.map(({ result }) => ({ name: result.name, url: result.preview }));
    return this.attempt(async () => {
      const errors = await save(entries, "results.zip");
      if (errors.length) throw errors[0];
    });
  }

  /** Put results into the gallery as photos. @param {import("./pictures.js").Picture[]} pictures */
  async keep(pictures) {
    const { errors } = await inLanes(pictures, async ({ result, gallery }) => {
      const bytes = await bytesOf(result.preview);
      this.uploads.add([new File([bytes], result.name, { type: bytes.type })], gallery || null);
    });
    if (errors.length) toast(`${counted(errors.length, "result")} could not be read: ${errors[0].message}`);
  }

  say(text) {
    this.said.textContent = text;
    if (!this.runs.running.size) this.sessions.refresh();
  }

  count() {
    this.said.textContent = this.table.pictures.length ? counted(this.table.pictures.length, "picture") : "";
  }

  async attempt(work) {
    try {
      await work();
    } catch (error) {
      toast(error.message);
    }
  }

  show() {
    const { pictures, chosen } = this.table;
    const some = pictures.length > 0;
    this.element.classList.toggle("with-pictures", some);
    this.empty.hidden = some;
    this.more.hidden = !some;
    this.results.hidden = !this.edited.length;
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
