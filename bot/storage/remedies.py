"""What an operator does when PostgreSQL does not let the bot in.

Found by PostgreSQL's own error codes ("PostgreSQL Error Codes" in its documentation) and by what
Python raises where no server was reached: never by words, which a server may say in any language.
"""

from __future__ import annotations

import ssl

LOGIN = (
    "Check the user and the password in DATABASE_URL; a character such as @, : or / in the "
    "password is written as %40, %3A or %2F there."
)
NOT_LET_IN = (
    "Check the user in DATABASE_URL, and let it in from this machine in the server's pg_hba.conf; "
    "a server that wants TLS needs ?sslmode=require at the end of DATABASE_URL."
)
NO_DATABASE = (
    "Create the database on the server (CREATE DATABASE), or correct its name at the end of "
    "DATABASE_URL."
)
NO_PERMISSION = "Make the user of DATABASE_URL the owner of the database, or choose its owner."
FULL = "Let the server take more connections (max_connections), or stop what else uses them."
STARTING = "The server is starting or stopping. Try again in a minute."
TLS = (
    "Set ?sslmode= at the end of DATABASE_URL to what the server offers: disable (no TLS), "
    "require, or verify-full with &sslrootcert= and the file of its certificate authority."
)
NO_SERVER = (
    "Check that PostgreSQL is running, that this machine reaches it, and the host and the port in "
    "DATABASE_URL."
)

OPTIONS = "Correct what stands after the question mark in DATABASE_URL."

NO_TLS = "rejected SSL"  # asyncpg's own words, whatever language the server speaks

BY_CODE = {
    "28P01": LOGIN,
    "28000": NOT_LET_IN,
    "3D000": NO_DATABASE,
    "42501": NO_PERMISSION,
    "53300": FULL,
    "57P03": STARTING,
}


def remedy_for(error: Exception) -> str:
    """What to do about an error of PostgreSQL's driver; empty if that is not known."""
    code = getattr(error, "sqlstate", None)
    if code is not None:
        return BY_CODE.get(code, "")
    if isinstance(error, ssl.SSLError) or (isinstance(error, OSError) and NO_TLS in str(error)):
        return TLS
    if isinstance(error.__cause__, ValueError):  # asyncpg's, for an option it does not know
        return OPTIONS
    return NO_SERVER if isinstance(error, OSError) else ""
