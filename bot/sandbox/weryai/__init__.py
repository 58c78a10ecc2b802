"""A local WeryAI: both endpoints and the balance over a real socket, strict, scriptable, faulty.

It knows nothing of the bot, so what works here speaks WeryAI's protocol.
"""

from bot.sandbox.weryai.faults import Fault
from bot.sandbox.weryai.models import Listing, Model
from bot.sandbox.weryai.recording import Gate, Recorded
from bot.sandbox.weryai.server import API_KEY, INSTANT, Pace, WeryAISandbox

__all__ = [
    "API_KEY",
    "INSTANT",
    "Fault",
    "Gate",
    "Listing",
    "Model",
    "Pace",
    "Recorded",
    "WeryAISandbox",
]
