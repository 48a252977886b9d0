"""What is never written to a log: the token that stands in a device's path."""

import logging
import re

DEVICE_TOKEN = re.compile(r"(/v1/key/)[^/\s?\"']+")


def without_tokens(text: str) -> str:
    """Return a text whose device tokens are cut out."""
    return DEVICE_TOKEN.sub(r"\1…", text)


class WithoutTokens(logging.Filter):
    """Cut device tokens out of everything that passes a handler."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the message in place and let it pass."""
        record.msg, record.args = without_tokens(record.getMessage()), ()
        return True
