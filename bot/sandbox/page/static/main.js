/** Joins the parts of the page. */

import { beginning } from "./beginning.js";
import { Composer } from "./composer/composer.js";
import { Dialogs } from "./dialogs/dialogs.js";
import { byId, element, fill } from "./dom.js";
import { Header } from "./header.js";
import { Interactions } from "./interactions.js";
import { Live } from "./live.js";
import { MessageActions } from "./messageactions.js";
import { MessageList } from "./messages.js";
import { Notices } from "./notices.js";
import { Sidebar } from "./sidebar.js";
import { Store } from "./store.js";
import { applyTheme } from "./theme.js";
import { Underneath } from "./underneath/panel.js";

applyTheme();
const notices = new Notices(byId("notices"));
const store = new Store((what, fields) => live.act(what, fields));
const live = new Live(
  (frame) => store.receive(frame),
  (connected) => notices.connection(connected),
);

/** What the parts may ask of each other. */
const page = {
  store,
  act: (what, fields) => live.act(what, fields).catch(complain),
  complain,
  dismiss: (message) =>
    store.receive({
      type: "deleted",
      channel: message.channel,
      messages: [message.id],
      bulk: false,
    }),
};
function complain(error) {
  notices.complain(error);
}

const interactions = new Interactions(page, byId("pending"));
page.interact = (what, fields) => interactions.begin(what, fields);
page.names = store.names;
page.dialogs = new Dialogs(page);
const composer = new Composer(byId("composer"), page);
page.startCommand = (name) => composer.startCommand(name);
page.replyTo = (message) => composer.replyTo(message);
page.editMessage = (message) => composer.edit(message);
page.underneath = new Underneath(byId("underneath"), page);
new Sidebar(page);
new Header(byId("header"), page);
new MessageList(page);
new MessageActions(page);

store.on("snapshot", chooseChannel);
store.on("places", chooseChannel);
store.on("channel", (id) => {
  history.replaceState(null, "", `#${id}`);
  fill(byId("beginning"), beginning(store.current, store));
});

/** Look at something: the channel of the address, or the first one. */
function chooseChannel() {
  document.documentElement.dataset.ready = "true";
  if (store.current) return;
  const wanted = location.hash.slice(1);
  const first = store.places.guilds[0]?.channels[0]?.id ?? store.places.dms[0]?.id;
  if (store.channels.has(wanted)) store.open(wanted);
  else if (first) store.open(first);
  else fill(byId("messages"), element("p.empty", {}, "There is no channel that you may see."));
}

live.connect();
