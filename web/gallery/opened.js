/** The open photo: it has an address, which links and Back change too. The lightbox is loaded when one is first opened. */

import { replaceAddress } from "../lib/address.js";
import { inherit } from "../lib/focus.js";
import { part } from "../lib/parts.js";
import { toast } from "../lib/toast.js";

/**
 * @typedef {Object} OpenedHow
 * @property {() => URLSearchParams} params  of the address
 * @property {(change: Record<string, string|null>) => string} address  of the gallery, with a change
 * @property {import("./grid.js").Grid} grid
 * @property {import("../lib/gallery.js").GalleryApi} api
 * @property {AbortSignal} signal
 * @property {HTMLElement} element  that holds the dialog
 * @property {Partial<import("./lightbox.js").LightboxHow>} actions  of the lightbox
 */

export class Opened {
  /** @param {OpenedHow} how */
  constructor(how) {
    this.how = how;
    /** @type {import("./lightbox.js").Lightbox|null} */
    this.lightbox = null;
  }

  get id() {
    return this.how.params().get("photo");
  }

  /** @param {string} id */
  open(id) {
    location.hash = this.how.address({ photo: id });
    history.replaceState({ opened: true }, "");
  }

  /** Show the photo that the address names. */
  async show() {
    const { id } = this;
    if (!id) return this.lightbox?.dialog.close();
    try {
      const [lightbox, photo] = await Promise.all([this.load(), this.read(id)]);
      if (this.id === id && !this.how.signal.aborted) lightbox.open(photo);
    } catch (error) {
      toast(error.message);
    }
  }

  /** A record has changed. @param {import("../lib/gallery.js").Photo} photo */
  changed(photo) {
    this.lightbox?.changed(photo);
  }

  /** The photos around it have changed. */
  locate() {
    this.lightbox?.locate();
  }

  async load() {
    const { Lightbox } = await part(() => import("./lightbox.js"), "gallery/lightbox.css");
    this.lightbox ??= this.made(Lightbox);
    return this.lightbox;
  }

  made(Lightbox) {
    const { grid, api, signal, element, actions } = this.how;
    const lightbox = new Lightbox({
      ...actions,
      api,
      signal,
      photos: () => grid.photos,
      cached: (id) => grid.tiles.get(id)?.cached || "",
      onStep: (id) => this.step(id),
      onClosed: (id) => this.closed(id),
    });
    element.append(lightbox.dialog);
    return lightbox;
  }

  read(id) {
    return this.how.grid.tiles.get(id)?.photo || this.how.api.read(id, this.how.signal);
  }

  step(id) {
    replaceAddress(this.how.address({ photo: id }));
    this.how.params().set("photo", id);
  }

  /** The lightbox was closed: by Esc or its button, or because the address changed. */
  closed(id) {
    const { grid, params, address } = this.how;
    grid.tiles.get(id)?.handle.focus();
    inherit(() => grid.shown[0]?.handle);
    if (!this.id) return;
    params().delete("photo");
    if (history.state?.opened) history.back();
    else replaceAddress(address({}));
  }
}
