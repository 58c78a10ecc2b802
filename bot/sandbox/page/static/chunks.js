/**
 * A long list in chunks, so that the browser leaves out whole chunks that are out of sight
 * (`content-visibility` in messages.css): thousands of messages scroll as lightly as a hundred.
 */

import { element } from "./dom.js";

const FULL = 40; // messages; more than a screen shows, few enough to be laid out at once

export class Chunks {
  /** @param {HTMLElement} list what the chunks are put into. */
  constructor(list) {
    this.list = list;
  }

  /** The last message's node, or null. */
  get last() {
    return this.list.lastElementChild?.lastElementChild ?? null;
  }

  /** Put a node before another one; at the end, if that is null. */
  put(node, next) {
    const chunk = next ? this.chunkBefore(next) : this.chunkAtEnd();
    chunk.insertBefore(node, next?.parentElement === chunk ? next : null);
  }

  chunkBefore(next) {
    const chunk = next.parentElement;
    if (chunk.childElementCount < FULL || chunk.firstElementChild !== next) return chunk;
    const previous = chunk.previousElementSibling;
    if (previous && previous.childElementCount < FULL) return previous;
    const made = newChunk();
    chunk.before(made);
    return made;
  }

  chunkAtEnd() {
    const chunk = this.list.lastElementChild;
    if (chunk?.matches(".chunk") && chunk.childElementCount < FULL) return chunk;
    return this.list.appendChild(newChunk());
  }

  /** Take a node out, and its chunk if that was the only one in it. */
  remove(node) {
    const chunk = node.parentElement;
    node.remove();
    if (!chunk.childElementCount) chunk.remove();
  }

  /** The node after (1) or before (-1) one, or undefined. */
  neighbour(node, step) {
    const [beside, first] =
      step > 0
        ? ["nextElementSibling", "firstElementChild"]
        : ["previousElementSibling", "lastElementChild"];
    return node[beside] ?? node.parentElement[beside]?.[first];
  }
}

function newChunk() {
  return element("ol.chunk");
}
