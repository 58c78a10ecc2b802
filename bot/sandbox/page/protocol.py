"""What the page and its server say to each other over the WebSocket, as JSON text frames.

The page is served at `http://127.0.0.1:PORT/t/TOKEN/`; everything it needs lies below that
address and is named relative to it: its modules, its style, `live` (the WebSocket) and `files/…`
(attachments). Without the token nothing is served.

Ids are strings (JavaScript's numbers are too small for them). Times, all called `at` or `…_at`,
are Unix seconds with a fraction: `new Date(at * 1000)`. `T | null` may be null; every key is there.
A permission is Discord's name for it, in capitals: "SEND_MESSAGES".

# What the server sends

Each frame has a `type`. The first one is `snapshot`; another comes after the action `be`.

snapshot    {you: Id, people: [Person], bot: Id, real_models: bool, saved_in: string | null,
             answers: [{words, gives}], max_messages: 50, places: Places, switches: Switches,
             requests: [Request], weryai: [WeryaiRequest], now: seconds}
            The last 200 requests of each kind. `answers`: which words of a question give which
            answer of the local model (empty with real ones). `now`: the server's time.
places      {places: Places}: servers, channels, threads, roles, members or permissions changed.
message     {change: "created" | "edited" | "reactions", message: Message}. Put it in, or in the
            place of the one of its id. Comes for every channel the viewer sees, and only for
            messages they see: an ephemeral one comes to its person alone.
deleted     {channel: Id, messages: [Id], bulk: bool}
typing      {channel: Id, user: Id, at}: shown for ten seconds, or until a message of theirs.
interaction {interaction: Interaction}: something the viewer did is new, or got further.
commands    {}: the bot's commands changed; ask for them anew.
request     {request: Request}: the bot sent Discord a request, and this is how it was answered.
weryai      {request: WeryaiRequest}: a request to WeryAI came, or got further: by its id.
switches    {switches: Switches}: something can be, or is, broken otherwise than before.
done        {id, result}: an action was done; `result` is an object, see below.
refused     {id, text, status: int | null, code: int | null}: it was not. `text` is what Discord's
            app or its servers would say; `code` is Discord's error code if it were the servers.
busy        {dropped: int}: the page read too slowly; a new snapshot follows.

Person      {id, role: "member" | "moderator" | ..., name}: whom one can be.
Places      {users: {Id: User}, guilds: [Guild], dms: [Channel]}: what the viewer sees.
User        {id, name, display, bot: bool}
Guild       {id, name, owner: Id, roles: [Role], members: [Member], channels: [Channel],
             threads: [Channel], can: [permission]}; @everyone is the role with the guild's id.
Role        {id, name, position, permissions: [permission]}
Member      {user: Id, display, roles: [Id]}
Channel     {id, type: 0 text | 1 DM | 5 announcement | 11 public thread | 12 private thread,
             name, topic: string | null, guild: Id | null, parent: Id | null, position,
             archived: bool, locked: bool, owner: Id | null, members: [Id], last_message: Id | null,
             can: [permission] of the viewer, bot_can: [permission] of the bot,
             overwrites: [{target: Id, is_role: bool, allow: [permission], deny: [permission]}]}
            `members`: of a thread or a DM. A thread on a message has the message's id.
Message     {id, channel: Id, author: User, display, type, at, edited_at | null, content,
             embeds: [Discord's], components: [Discord's], attachments: [File], thinking: bool,
             ephemeral: bool, v2: bool (Components V2), flags: int, mentions: {users: [Id],
             roles: [Id], everyone: bool}, pings_you: bool, reply_to: Quoted | null,
             command: {user: Id, name} | null, thread: Id | null, reactions: [{emoji, count,
             mine: bool}], versions: int, version_at}
            `type` is Discord's: 0, 4 name changed (content: the new one), 6 pinned, 7 joined,
            18 thread created, 19 reply, 20 answer to a command, 21 thread's first message
            (`reply_to` quotes it), 23 answer to a menu's entry. `display`: the author's name here.
            `versions`: how many there have been; `version_at`: when the present one came.
Quoted      {id, channel: Id, author: User, display, content, deleted: bool}
File        {id, name, type: MIME, size: bytes, description: string | null,
             url: relative to the page}
Interaction {id, kind: 2 command | 3 component | 4 autocomplete | 5 modal, name, user: Id,
             channel: Id, at, state: "pending" | "deferred" | "acknowledged" | "failed",
             source: Id | null (message), ephemeral: bool, response: Id | null (message),
             modal: Discord's | null, nonce: string | null}
            `name`: "ask", "config set" or a custom id. "failed": show "The application did not
            respond". A `modal` is to be opened, once. `nonce`: what the action gave.
Request     {at, method, route, path, status, bucket: string | null, limit: int | null,
             remaining: int | null}; `bucket` is a readable name, such as "edit message".
WeryaiRequest {id, at, model, messages: [{role, content}], options: {name: value, …}, stream: bool,
             fault: string | null, status: int | null, deltas: int, first_at | null, last_at | null,
             state: "waiting" | "streaming" | "finished" | "broken" | "stopped" (by the bot)}
Switches    {rate_limits: bool, latency: {mean: seconds, jitter: seconds},
             gateway: {connected: bool, reachable: bool, acknowledges: bool},
             discord_faults: [FaultSwitch],
             weryai: null (real models) | {pace: {first_after: seconds, per_second: number | null
             (as fast as can be), size: characters}, faults: [FaultSwitch], balance: credits,
             listing: string, listings: [string]}}
FaultSwitch {name, group: string, text: what happens, waiting: int (how often it still will)}

# What the page sends

Each frame is an action: {do, id, …}; `id` is a number of the page's choice, and `done` or
`refused` comes back with it. An optional field has a `?`. What is done shows in other frames too.

Looking
be            {person: Id} → {}: see and act as somebody else; a snapshot comes first.
history       {channel, before?: Id, limit?: 1…2000 = 100} → {messages: [Message] oldest first,
              more: bool}
versions      {message} → {versions: [{at, content, thinking, components: int, embeds: int}]}
commands      {channel} → {commands: [Discord's command object]}: what the viewer is offered
              there, `type` 1 slash, 2 a user's menu, 3 a message's menu.

Messages
send          {channel, content, reply_to?: Id, ping?: bool = true, files?: [Upload]} → {message: Id}
edit          {message, content} → {}
delete        {messages: [Id]} → {}: of one channel
react         {message, emoji} → {}
unreact       {message, emoji} → {}
type          {channel} → {}

Commands and components
slash         {channel, command: "config set", options: {name: value}, nonce?} →
              {interaction: Id}. A value is a string, number or boolean; the Id of a user, role or
              channel; an Upload for a file.
autocomplete  {channel, command, option, value: string, options: {others}} →
              {choices: [{name, value}]}: refused if the bot does not answer in time.
menu          {name, message} or {name, user, channel} → {interaction: Id}
click         {message, custom_id, nonce?} → {interaction: Id}
select        {message, custom_id, values: [string], nonce?} → {interaction: Id}: values of a text
              menu, else Ids.
submit        {interaction: Id (that opened the modal), values: {custom_id: string}} →
              {interaction: Id}
Upload        {name, type: MIME, data: base64}

Places
start_thread  {channel, name, private?: bool = false} or {message, name} → {channel: Id}
change_thread {channel, name?, archived?: bool, locked?: bool} → {}
join          {channel} → {}
add_member    {channel (a thread), user} → {}
open_dm       {} → {channel: Id}
create_channel {guild, name} → {channel: Id}
delete_channel {channel} → {}: a thread as well
permit        {channel, target: Id (role or user), permission, state: "allow" | "deny" |
              "inherit"} → {}: in one channel
grant         {guild, role: Id, permission, granted: bool} → {}: in the whole server
leave         {guild, user} → {}: throw somebody out (the bot too, for good)

Breaking things
set           {switch: name, value} → {}: "rate_limits" bool, "latency" {mean, jitter},
              "reachable" bool, "acknowledges" bool, "pace" {first_after, per_second, size},
              "balance" number, "listing" string
fault         {server: "discord" | "weryai", name, times?: 1…100 = 1} → {}: the next requests
clear_faults  {} → {}
gateway       {what: "drop" | "reconnect" | "invalidate" | "invalidate_resumable"} → {}
"""
