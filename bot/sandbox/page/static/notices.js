/** Short words at the edge of the screen: what was refused, and when the sandbox is gone. */

import { element } from "./dom.js";

const SHOWN_FOR = 6_000; // milliseconds

export class Notices {
  constructor(place) {
    this.place = place;
    this.lost = element(
      "div.notice.lasting",
      {},
      "The sandbox has stopped, or restarts. Connecting again…",
    );
  }

  /** Say why something was not done. */
  complain(error) {
    this.say(error.message || String(error), "error");
  }

  /** Say something for a moment. */
  say(text, kind = "info") {
    const notice = element(`div.notice.${kind}`, {}, text);
    this.place.append(notice);
    setTimeout(() => notice.remove(), SHOWN_FOR);
  }

  /** Say for as long as it lasts that the connection is lost. */
  connection(connected) {
    if (connected) this.lost.remove();
    else this.place.append(this.lost);
  }
}
