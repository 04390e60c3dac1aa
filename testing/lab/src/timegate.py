"""Starts pywb; run by archive.rs in the archive's folder."""

from pywb.apps.cli import wayback  # First, as it makes sockets cooperative.
from pywb.apps.wbrequestresponse import WbResponse

# RFC 7089 section 4.1 and the Wayback Machine say 302 where pywb says 307.
redirect = WbResponse.redir_response
WbResponse.redir_response = staticmethod(lambda location, status=None, headers=None: redirect(location, "302 Found", headers))

wayback()
