/** The files that go with the next message. */

import { element, fill, icon } from "../dom.js";
import { upload } from "./uploads.js";

export class Files {
  /** @param {function(Error): void} complain says what is wrong with a file. */
  constructor(complain) {
    this.complain = complain;
    this.list = [];
    this.node = element("div.composer-files", { hidden: true });
    this.chooser = element("input", { type: "file", multiple: true, hidden: true, tabindex: "-1" });
    this.chooser.addEventListener("change", () => this.add([...this.chooser.files]));
  }

  /** Let somebody choose files. */
  choose() {
    this.chooser.click();
  }

  /** Take in files: chosen, pasted or dropped. */
  async add(files) {
    for (const file of files) {
      try {
        this.list.push(await upload(file));
      } catch (error) {
        this.complain(error);
      }
    }
    this.chooser.value = "";
    this.draw();
  }

  clear() {
    this.list = [];
    this.draw();
  }

  draw() {
    this.node.hidden = !this.list.length;
    fill(
      this.node,
      this.list.map((file) => this.chip(file)),
    );
  }

  chip(file) {
    const remove = () => {
      this.list = this.list.filter((one) => one !== file);
      this.draw();
    };
    const attributes = { type: "button", "aria-label": `Remove ${file.name}`, onclick: remove };
    const button = element("button.icon-button", attributes, icon("close"));
    return element("span.chip", {}, icon("file"), file.name, button);
  }
}
