"""What the subject of a certificate is called by people; loads nothing that reads certificates."""


def plain_name(subject: str) -> str:
    """Return the name and, where it differs, the organisation of a certificate's subject; other forms as they are."""
    parts = dict(part.split(": ", 1) for part in subject.split(", ") if ": " in part)
    name, organisation = parts.get("Common Name", ""), parts.get("Organization", "")
    if not name:
        return subject
    return name if not organisation or organisation in name else f"{name}（{organisation}）"
