"""Who signs a report, in which order, and where on the page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """One who signs: the field's name, the anchor that the layout left, and what the signature panel says."""

    name: str
    field: str
    anchor: str
    reason: str
    words: str
    """What is read aloud of the field, and shown where the pointer rests on it."""


LEAD = Role("lead", "LeadSignature", "lead-signature-place", "报告定稿", "项目负责人签名")
REVIEWER = Role("reviewer", "ReviewerSignature", "reviewer-signature-place", "复核通过", "审核人签名")
INSTITUTE = Role("institute", "InstituteSignature", "seal-place", "机构签发", "机构印章")
ROLES = (LEAD, REVIEWER, INSTITUTE)
"""In the order of signing: who comes later has seen what stands before."""
BY_FIELD = {role.field: role for role in ROLES}
BY_NAME = {role.name: role for role in ROLES}
