"""Time stamps of an authority (RFC 3161) over commitments: obtained over HTTP, verified without a network."""
