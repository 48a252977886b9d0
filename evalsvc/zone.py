"""The zone in which people read times; files and tables hold UTC."""

from datetime import datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local_text(utc: str) -> str:
    """Write a time of a file for people, to the second; text that is no time, or none of our years, stays as it is."""
    try:
        at = datetime.fromisoformat(utc)
        return utc if at.tzinfo is None else at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError):
        return utc
