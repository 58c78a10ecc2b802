/** The messages of one channel that the page knows, oldest first. */

export class ChannelMessages {
  constructor() {
    this.list = [];
    this.byId = new Map();
    this.more = true; // whether there are older ones to ask for
    this.complete = false; // whether the newest have been asked for
    this.loading = false;
  }

  /** The oldest message's id, or undefined. */
  get oldest() {
    return this.list[0]?.id;
  }

  /** Put a message in its place: at its order, or where it is. A late edit of an unknown one is left out. */
  put(message, isNew) {
    const known = this.byId.get(message.id);
    if (!known && !isNew) return;
    this.byId.set(message.id, message);
    if (known) this.list[this.indexOf(message.id)] = message;
    else this.list.splice(this.placeFor(message.id), 0, message);
  }

  /** Take a message out. */
  remove(id) {
    if (!this.byId.delete(id)) return;
    this.list = this.list.filter((one) => one.id !== id);
  }

  /** Put older messages before those that are known. */
  prepend(messages, more) {
    for (const message of messages) {
      if (!this.byId.has(message.id)) this.byId.set(message.id, message);
    }
    this.list = [...this.byId.values()].sort((one, other) => order(one.id, other.id));
    this.more = more;
    this.complete = true;
  }

  /** The message before another, or undefined. */
  before(id) {
    return this.list[this.indexOf(id) - 1];
  }

  indexOf(id) {
    const place = this.placeFor(id);
    return this.list[place]?.id === id ? place : -1;
  }

  /** Where a message of this id is, or would be: ids grow with time. */
  placeFor(id) {
    let low = 0;
    let high = this.list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (order(this.list[middle].id, id) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Snowflakes in the order of their time: as numbers, though too large for JavaScript's. */
export function order(one, other) {
  if (one.length !== other.length) return one.length - other.length;
  return one < other ? -1 : Number(one > other);
}
