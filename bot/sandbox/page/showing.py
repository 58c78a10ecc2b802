"""What an open page is told: everything at first, and then each change its person may see."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass

from bot.sandbox.discord import events
from bot.sandbox.discord.people import Person
from bot.sandbox.discord.server import DiscordSandbox
from bot.sandbox.discord.state import Interaction, Json, Message
from bot.sandbox.page import views
from bot.sandbox.page.outbox import MOST_WAITING, Outbox
from bot.sandbox.page.switches import Switches
from bot.sandbox.page.underneath import KEPT, ModelRequests
from bot.sandbox.page.views import View
from bot.sandbox.weryai.hints import HINTS
from bot.sandbox.weryai.rules import MAX_MESSAGES


@dataclass(frozen=True, slots=True)
class Scene:
    """What every open page shares.

    Attributes:
        people: whom one can be, by what they are ("member", "moderator", …); the first to begin.
        real_models: whether WeryAI's own models answer.
        saved_in: where the state is kept from run to run, if it is.
    """

    discord: DiscordSandbox
    people: Mapping[str, Person]
    switches: Switches
    model_requests: ModelRequests
    real_models: bool
    saved_in: str | None


class Showing:
    """Fills the outbox with what its person sees.

    Attributes:
        outbox: what is still to be sent.
        nonces: what the page calls interactions that it began, by their ids.
    """

    def __init__(self, scene: Scene) -> None:
        self.outbox = Outbox()
        self.nonces: dict[int, str] = {}
        self._scene = scene
        self._person = next(iter(scene.people.values()))
        self._new: set[int] = set()
        self._numbers = itertools.count()
        self._told_switches: Json | None = None
        self._stops: list[Callable[[], None]] = []

    @property
    def person(self) -> Person:
        """Through whose eyes."""
        return self._person

    @person.setter
    def person(self, person: Person) -> None:
        self._person = person
        self._start_anew()

    def begin(self) -> None:
        """Show everything there is, and whatever happens until `end`."""
        self._stops = [
            self._scene.discord.world.feed.listen(self._see),
            self._scene.model_requests.listen(self._see_model_request),
            self._scene.switches.listen(self._see_switches),
        ]
        self._start_anew()

    def end(self) -> None:
        """Watch no longer."""
        for stop in self._stops:
            stop()

    def put(self, frame: Json) -> None:
        """Let a frame of its own be sent."""
        self._put(next(self._numbers), lambda: frame)

    def _start_anew(self) -> int:
        """Drop what waits, as a new picture holds it all; how much that was."""
        dropped = self.outbox.clear()
        self._new.clear()
        self.outbox.put("snapshot", self._snapshot)
        return dropped

    def _put(self, key: Hashable, render: Callable[[], Json | None]) -> None:
        if len(self.outbox) < MOST_WAITING:
            self.outbox.put(key, render)
        else:
            dropped = self._start_anew()
            self.outbox.put("busy", lambda: {"type": "busy", "dropped": dropped})
            self.outbox.put("snapshot", self._snapshot)  # after it

    # --- what happens -------------------------------------------------------------------------

    def _see(self, event: events.Event) -> None:
        match event:
            case events.MessageCreated(message):
                self._new.add(message.id)
                self._put_message(message, "created")
            case events.MessageEdited(message):
                self._put_message(message, "edited")
            case events.ReactionChanged(message):
                self._put_message(message, "reactions")
            case events.MessagesDeleted():
                self._see_deletion(event)
            case events.TypingStarted():
                self._see_typing(event)
            case events.InteractionCreated(one) | events.InteractionChanged(one):
                self._put_interaction(one)
            case events.RequestServed():
                self.put({"type": "request", "request": self._request(event)})
                self._see_switches()
            case events.GatewayChanged():
                self._see_switches()
            case events.CommandsChanged():
                self._put("commands", lambda: {"type": "commands"})
            case _:
                self._put("places", self._places)

    def _put_message(self, message: Message, change: str) -> None:
        def render() -> Json | None:
            new = message.id in self._new  # it may have changed again before it was sent
            self._new.discard(message.id)
            if not self._person.can_see(message):
                return None
            shown = View(self._scene.discord.world, self._person).message(message)
            return {"type": "message", "change": "created" if new else change, "message": shown}

        self._put(("message", message.id), render)

    def _see_deletion(self, event: events.MessagesDeleted) -> None:
        mine = (None, self._person.id)
        ids = [str(one.id) for one in event.messages if one.ephemeral_for in mine]
        if ids and self._person.may_view(event.channel):
            place, bulk = str(event.channel.id), event.bulk
            self.put({"type": "deleted", "channel": place, "messages": ids, "bulk": bulk})

    def _see_typing(self, event: events.TypingStarted) -> None:
        if event.user is not self._person.user and self._person.may_view(event.channel):
            place, user = str(event.channel.id), str(event.user.id)
            self.put({"type": "typing", "channel": place, "user": user, "at": event.at})

    def _put_interaction(self, one: Interaction) -> None:
        def render() -> Json | None:
            if one.user is not self._person.user:
                return None
            shown = views.interaction(one, self.nonces.get(one.id))
            return {"type": "interaction", "interaction": shown}

        self._put(("interaction", one.id), render)

    def _see_model_request(self, number: int) -> None:
        def render() -> Json:
            return {"type": "weryai", "request": self._scene.model_requests.shown(number)}

        self._put(("weryai", number), render)
        self._see_switches()

    def _see_switches(self) -> None:
        self._put("switches", self._switches)

    # --- frames -------------------------------------------------------------------------------

    def _places(self) -> Json:
        view = View(self._scene.discord.world, self._person)
        return {"type": "places", "places": view.places()}

    def _switches(self) -> Json | None:
        state = self._scene.switches.state()
        if state == self._told_switches:
            return None
        self._told_switches = state
        return {"type": "switches", "switches": state}

    def _request(self, one: events.RequestServed) -> Json:
        bucket = one.bucket
        return {
            "at": one.at,
            "method": one.method,
            "route": one.route,
            "path": one.path,
            "status": one.status,
            "bucket": None if bucket is None else self._scene.discord.limits.name(bucket),
            "limit": one.limit,
            "remaining": one.remaining,
        }

    def _snapshot(self) -> Json:
        scene, world = self._scene, self._scene.discord.world
        self._told_switches = scene.switches.state()
        hints = () if scene.real_models else HINTS
        return {
            "type": "snapshot",
            "you": str(self._person.id),
            "people": [
                {"id": str(one.id), "role": role, "name": one.user.display_name}
                for role, one in scene.people.items()
            ],
            "bot": str(world.application.bot.id),
            "real_models": scene.real_models,
            "saved_in": scene.saved_in,
            "answers": [{"words": one.words, "gives": one.gives} for one in hints],
            "max_messages": MAX_MESSAGES,
            "places": View(world, self._person).places(),
            "switches": self._told_switches,
            "requests": [self._request(one) for one in scene.discord.requests[-KEPT:]],
            "weryai": [scene.model_requests.shown(one) for one in scene.model_requests.recent],
            "now": world.clock.now(),
        }
