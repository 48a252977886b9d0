"""Run the checks of a form version on a submission; what was compiled for a version is kept."""

from forms.check import check

from forms.complaint import Complaint
from forms.definition import FormDefinition
from forms.instance import Instance


def complaints_of(definition: FormDefinition, instance: Instance) -> tuple[Complaint, ...]:
    """List what is wrong with a submission's answers."""
    return tuple(check(definition, instance))
