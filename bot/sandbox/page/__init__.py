"""The local Discord in a browser: a page on loopback, and the server it talks to.

`protocol` says what the two exchange and `server` serves it. `live` is one open page: `showing`
and `views` are what its person sees, `actions` and `interacting` what they do, `switches` what can
be broken, and `underneath` what the bot sends to WeryAI meanwhile.
"""
