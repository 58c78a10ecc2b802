"""What the core needs of the world, as protocols.

Each module is named after the package of `bot` that implements it.
"""
