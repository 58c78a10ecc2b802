"""A local Discord: gateway and REST API over real sockets, for the unmodified production bot.

How a test uses it:

    async with DiscordSandbox() as sandbox:            # bot.sandbox.discord.server
        guild = sandbox.add_guild("Home")              # the bot is in it, with BOT_PERMISSIONS
        channel = sandbox.add_channel(guild, "general")
        ada = sandbox.add_member(guild, "Ada")         # a Person
        mod = sandbox.add_member(guild, "Mo", Permission.MANAGE_GUILD)
        # start the bot with DISCORD_API_URL=sandbox.api_url, DISCORD_TOKEN=sandbox.token
        await sandbox.bot_ready()

        question = await ada.send(channel, f"{sandbox.bot_mention} hello", reply_to=None)
        await sandbox.until(lambda: ada.sees(channel)[-1].content == "Hello, Ada!")

        handle = await ada.slash(channel, "config show", scope="channel")
        answer = await handle.answered()               # a Message; raises NotReached if none comes
        handle = await ada.click(answer, "Stop")       # by label or custom id
        await handle.settled()                         # acknowledged, deferred or failed

A `Person` (people.py) can: send, edit, delete (one, or several in bulk), react, type, open_dm,
start_thread, change_thread, join, add_to_thread, slash, autocomplete → [{"name", "value"}],
context_menu, click, forge_click, select, submit (a modal: `submit(handle, field="…")`), sees,
can_see, may_view, file. What Discord's app would not let through raises `NotPossible`, what its
servers refuse raises `ApiError`.

A `Message` (state.py) has content, embeds, components, attachments, flags, thinking, deleted,
reference, thread, ephemeral_for, pings (whom it notified), and `versions`: every state it was
ever in, with its time `at`. `components.labels(message)` lists its buttons.

An `InteractionHandle` (handles.py) has state, failed, response, responses, ephemeral, modal,
`await settled()`, `await answered()`, `await followed_up(count)`.

`DiscordSandbox` (server.py) also has: `add_person`, `add_role`, `set_overwrite`,
`post_as_webhook`, `post_system`; `watch()` (every event of events.py from the call on; under
`aclosing`), `requests`, `violations`, `rate_limited`; `clock.advance(seconds)` (the 3 seconds,
the 15 minutes and the rate limits follow it), `limits.enabled`, `set_latency(mean, jitter)`;
`faults.answer("PATCH", r"/messages/", 500)`, `.drop(…)`, `.limit(…, retry_after=…)`, `.hold(…)`
(with `.arrived` and `.release()`); `gateway.drop()`, `.ask_to_reconnect()`,
`.invalidate(resumable=…)`, `.reachable`, `.swallows`, `.acknowledges`. The world itself changes
through `world`: `set_roles`, `change_role`, `change_channel`, `remove_channel`, `remove_guild`,
`remove_member` …

What it leaves out of Discord: voice, polls, stickers, forums, emoji of a server's own, link
previews, slow mode, threads that archive themselves, the pace of identifies (one per 5 seconds),
and the closing of connections whose heartbeats stay away.
"""
