"""What proves in later years that certificates were in force: they themselves, and what was said of them."""

from dataclasses import dataclass

MOST_KEPT = 600
"""Certificates, answers and lists of one file that are read: those of forty yearly stamps."""


@dataclass(frozen=True)
class Evidence:
    """Certificates (DER), answers of OCSP and lists of revoked certificates, as they are kept in a file."""

    certificates: tuple[bytes, ...] = ()
    ocsp_answers: tuple[bytes, ...] = ()
    revocation_lists: tuple[bytes, ...] = ()

    def beyond(self, known: "Evidence") -> "Evidence":
        """Return what is here and not there."""
        return Evidence(
            *(
                tuple(each for each in own if each not in others)
                for own, others in (
                    (self.certificates, known.certificates),
                    (self.ocsp_answers, known.ocsp_answers),
                    (self.revocation_lists, known.revocation_lists),
                )
            )
        )

    def with_all(self, others: "Evidence") -> "Evidence":
        """Return what is here or there."""
        return Evidence(
            self.certificates + others.beyond(self).certificates,
            self.ocsp_answers + others.beyond(self).ocsp_answers,
            self.revocation_lists + others.beyond(self).revocation_lists,
        )

    def __len__(self) -> int:
        """Count all that there is."""
        return len(self.certificates) + len(self.ocsp_answers) + len(self.revocation_lists)
