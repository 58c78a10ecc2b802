/** The WebSocket to the server: events come in, actions go out and are answered by their number. */

const FIRST_PAUSE = 300; // milliseconds until the first attempt to connect again
const LONGEST_PAUSE = 5_000;

/** An action that Discord's app, or its servers, would not do; `message` says why. */
export class Refused extends Error {
  constructor({ text, status, code }) {
    super(text);
    this.status = status;
    this.code = code;
  }
}

export class Live {
  /**
   * @param {function(object): void} onFrame called with each frame that answers no action.
   * @param {function(boolean): void} onConnection called when the connection comes and goes.
   */
  constructor(onFrame, onConnection) {
    this.onFrame = onFrame;
    this.onConnection = onConnection;
    this.waiting = new Map();
    this.number = 0;
    this.pause = FIRST_PAUSE;
  }

  /** Connect, and again whenever the connection is lost. */
  connect() {
    const address = new URL("live", document.baseURI);
    address.protocol = address.protocol.replace("http", "ws");
    this.socket = new WebSocket(address);
    this.socket.addEventListener("open", () => {
      this.pause = FIRST_PAUSE;
      this.onConnection(true);
    });
    this.socket.addEventListener("message", ({ data }) => this.receive(JSON.parse(data)));
    this.socket.addEventListener("close", () => this.lost());
  }

  /**
   * Do something: see "What the page sends" in protocol.py.
   *
   * @returns {Promise<object>} its result; rejected with `Refused` if it was not done.
   */
  act(what, fields = {}) {
    if (this.socket?.readyState !== WebSocket.OPEN) {
      return Promise.reject(
        new Refused({ text: "The sandbox is not connected.", status: null, code: null }),
      );
    }
    const id = ++this.number;
    const answered = new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    this.socket.send(JSON.stringify({ do: what, id, ...fields }));
    return answered;
  }

  receive(frame) {
    if (frame.type !== "done" && frame.type !== "refused") {
      this.onFrame(frame);
      return;
    }
    const waiting = this.waiting.get(frame.id);
    this.waiting.delete(frame.id);
    if (frame.type === "done") waiting?.resolve(frame.result);
    else waiting?.reject(new Refused(frame));
  }

  lost() {
    for (const { reject } of this.waiting.values()) {
      reject(
        new Refused({ text: "The connection to the sandbox was lost.", status: null, code: null }),
      );
    }
    this.waiting.clear();
    this.onConnection(false);
    setTimeout(() => this.connect(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }
}
