/** Zoom of the lightbox: 100 % means one pixel of the original for one of the screen; drag or scroll to look around. */

const SHOWN_BY_BROWSERS = new Set(["jpeg", "png", "webp", "gif", "avif"]);
const MOST_PIXELS = 80e6;

export class Zoom {
  /** @param {HTMLElement} area  scrolls when the picture is larger @param {(on: boolean) => void} onChange */
  constructor(area, onChange) {
    this.area = area;
    this.onChange = onChange;
    area.addEventListener("click", (event) => event.target.matches("img") && !this.dragged && this.toggle(event));
    area.addEventListener("pointerdown", (event) => this.drag(event));
  }

  /** Another picture is shown, fitted. @param {HTMLImageElement|null} image @param {any} photo @param {string} original  its address */
  show(image, photo, original) {
    this.image = image;
    this.photo = photo;
    this.original = original;
    this.set(false);
  }

  get on() {
    return this.area.classList.contains("zoomed");
  }

  set(on) {
    if (on === this.on) return;
    this.area.classList.toggle("zoomed", on);
    this.onChange(on);
  }

  /** @param {{clientX: number, clientY: number}} [at]  stays in its place */
  toggle(at) {
    if (!this.image) return;
    const { left, top, width, height } = this.image.getBoundingClientRect();
    const [x, y] = at ? [(at.clientX - left) / width, (at.clientY - top) / height] : [0.5, 0.5];
    this.image.style.setProperty("--full", `${this.photo.width / devicePixelRatio}px`);
    this.set(!this.on);
    if (!this.on) return;
    this.sharpen();
    const { scrollWidth, scrollHeight, clientWidth, clientHeight } = this.area;
    this.area.scrollTo(x * scrollWidth - clientWidth / 2, y * scrollHeight - clientHeight / 2);
  }

  /** Show the original in place of the rendition, where the browser can. */
  async sharpen() {
    const { image, photo, original } = this;
    if (!SHOWN_BY_BROWSERS.has(photo.format) || photo.width * photo.height > MOST_PIXELS || image.dataset.sharp) return;
    const sharp = new Image();
    sharp.src = original;
    try {
      await sharp.decode();
    } catch {
      return; // the rendition stays
    }
    image.dataset.sharp = "true";
    image.srcset = "";
    image.src = original;
  }

  drag(event) {
    this.dragged = false;
    if (!this.on || event.pointerType !== "mouse" || event.button !== 0) return;
    event.preventDefault();
    const ends = new AbortController();
    const move = ({ movementX, movementY }) => {
      this.dragged ||= Math.abs(movementX) + Math.abs(movementY) > 1;
      this.area.scrollBy(-movementX, -movementY);
    };
    addEventListener("pointermove", move, { signal: ends.signal });
    addEventListener("pointerup", () => ends.abort(), { signal: ends.signal });
  }
}
