"""The commitment's time stamp: who vouches for its time, or that nobody does."""

from collections.abc import Sequence

from asn1crypto.x509 import Certificate

from evalsvc import files
from evalsvc.time_stamps.check import check_stamp
from evalsvc.verification.outcome import Step, step_of
from sampling.manifest import Manifest


def stamp_step(manifest: Manifest, authorities: Sequence[Certificate] | None) -> Step:
    """Verify the time stamp of a draw's commitment; it belongs to what the log shows of the commitment's time."""
    checked = check_stamp(
        manifest.time_stamp,
        manifest.commitment,
        committed_at=manifest.committed_at,
        drawn_at=manifest.drawn_at,
        trusted=authorities,
        file=files.MANIFEST,
    )
    return step_of("log", checked.complaints, checked.notes)
