"""What is never written to a log: the token that stands in a device's path, and what an Authorization header holds."""

import logging
import re
from collections.abc import Iterable

DEVICE_TOKEN = re.compile(r"(/v1/key/)[^/\s?\"']+")
CREDENTIALS = re.compile(r"\b(?:(Digest)\s+(?=\w+\s*=)[^\r\n]*|(Bearer|Basic)\s+[\w+/=.~-]{8,})", re.IGNORECASE)
"""A scheme and its secret: of Digest all that follows on the line."""
FORMATTER = logging.Formatter()


def without_tokens(text: str) -> str:
    """Return a text whose device tokens and credentials are cut out."""
    return CREDENTIALS.sub(r"\1\2 …", DEVICE_TOKEN.sub(r"\1…", text))


class WithoutTokens(logging.Filter):
    """Cut device tokens and credentials out of everything that passes a handler, tracebacks too."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite message and traceback in place and let the record pass."""
        record.msg, record.args = without_tokens(record.getMessage()), ()
        if record.exc_info:
            # A formatter writes what stands here instead of making it anew.
            record.exc_text = without_tokens(record.exc_text or FORMATTER.formatException(record.exc_info))
        return True


def keep_tokens_out(handlers: Iterable[logging.Handler | None]) -> None:
    """Put the filter on handlers that do not have it yet."""
    for handler in handlers:
        if handler is not None and not any(isinstance(each, WithoutTokens) for each in handler.filters):
            handler.addFilter(WithoutTokens())
