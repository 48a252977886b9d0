"""Every feature's tables, imported so that the metadata is complete. Register a feature's models here."""

from evalsvc import audit, jobs
from evalsvc.cases import models as cases
from evalsvc.draws import models as draws
from evalsvc.editions import models as editions
from evalsvc.evaluations import models as evaluations
from evalsvc.fieldwork import models as fieldwork
from evalsvc.frames import models as frames
from evalsvc.instruments import models as instruments
from evalsvc.interviews import models as interviews
from evalsvc.interviews.datasets import models as datasets
from evalsvc.interviews.unsent import models as unsent
from evalsvc.people import models as people
from evalsvc.results import models as results

TABLE_MODULES = (
    audit,
    jobs,
    people,
    evaluations,
    frames,
    draws,
    instruments,
    fieldwork,
    interviews,
    datasets,
    unsent,
    cases,
    results,
    editions,
)
