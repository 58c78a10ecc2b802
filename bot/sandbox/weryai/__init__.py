"""A local WeryAI: both endpoints and the balance over a real socket, strict, scriptable, faulty.

Where the real one is to answer, a relay notes down what it is asked. It knows nothing of the bot, so what works here speaks WeryAI's protocol.
"""

from bot.sandbox.weryai.faults import Fault
from bot.sandbox.weryai.models import Listing, Model
from bot.sandbox.weryai.recording import Gate, Log, Recorded
from bot.sandbox.weryai.relay import WeryAIRelay
from bot.sandbox.weryai.server import API_KEY, INSTANT, Pace, WeryAISandbox

__all__ = [
    "API_KEY",
    "INSTANT",
    "Fault",
    "Gate",
    "Listing",
    "Log",
    "Model",
    "Pace",
    "Recorded",
    "WeryAIRelay",
    "WeryAISandbox",
]
