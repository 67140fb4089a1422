"""The function's one HTTP pool, for Partner Central and for the answer: the certificates that it trusts are read once.

Reading them costs a cold start dearly, and botocore's own session reads them again for every connection.
"""

import ssl

import urllib3

POOL = urllib3.PoolManager(ssl_context=ssl.create_default_context())
