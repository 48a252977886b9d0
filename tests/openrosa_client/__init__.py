"""A device that speaks OpenRosa 1.0 as ODK Collect does, written from the protocol's pages alone.

Sources: the OpenRosa pages of docs.getodk.org (HTTP, authentication, form list, form submission) and RFC 2617. It uses
nothing of evalsvc, so that a mistake in the server's reading of the protocol is not repeated here.
"""
