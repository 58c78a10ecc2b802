/** Draws a panel at most once per frame of the screen, and only while somebody looks at it. */

export class Panel {
  constructor(place, page) {
    this.place = place;
    this.page = page;
    this.store = page.store;
    this.visible = false;
    this.asked = false;
  }

  /** Draw soon, with what has come until then. */
  changed() {
    if (!this.visible || this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      if (this.visible) this.draw();
    });
  }
}

/** "12:34:56.7" of Unix seconds. */
export function precisely(at) {
  const moment = new Date(at * 1000);
  const tenth = Math.floor(moment.getMilliseconds() / 100);
  return `${moment.toLocaleTimeString("en-GB")}.${tenth}`;
}
