"""How live the bot is, measured from outside: as a process, over sockets, beside a rival."""
