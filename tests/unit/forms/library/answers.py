"""Answers that every shipped form takes without a complaint; the households are invented."""

from collections.abc import Mapping

Given = dict[str, object]
VISIT: Given = {
    "unit_id": "350125101200-00007", "household_class": "脱贫户", "registered": "是", "photo_house": "门前.jpg",
    "position": "25.861 118.941 320 5",
}  # fmt: skip
UNHELPED: Given = dict.fromkeys(("helper_visits", "satisfaction_helper", "satisfaction_helper_reasons"))

REGISTERED: Given = {
    "registered_causes": ["illness", "labour"], "causes_fit": "agree", "record_income": 9800, "exit_known": "yes",
    "exit_agreed": "yes", "exit_reviewed": "yes", "exit_published": "not_known", "policies_kept": "kept",
}  # fmt: skip
ORDINARY: Given = {
    **UNHELPED, "household_class": "一般农户", "registered": "否",
    "exclusion_clues": ["vehicle"], "shocks": ["illness", "schooling"], "shock_cost": 12000, "applied": "yes",
    "application_result": "refused_told", "review_heard": "no",
}  # fmt: skip
MONITORED: Given = {
    "household_class": "监测户", "exit_status": "yes", "monitored_kind": "unstable", "monitored_risks": ["illness"],
    "risks_fit": "agree", "clue_date": "2025-05-06", "identified_date": "2025-05-20", "publicity_days": 5,
    "notice_private": "no", "authorised": "yes", "measures_planned": ["medical", "allowance"],
    "measures_received": ["medical"], "measures_fit": "agree", "has_labour": "yes", "risk_removed": "yes",
    "removed_date": "2026-01-15", "removal_grounds": ["income", "risk_gone"], "removal_firm": "agree",
}  # fmt: skip
NOT_VISITED: Given = {
    **VISIT, "attempt": 2, "disposition": "non_contact", "non_contact_reason": "absent_twice",
    "visit_made": [
        {"visit_at": "2026-03-01T09:20:00+08:00", "visit_met": "nobody"},
        {"visit_at": "2026-03-02T10:10:00+08:00", "visit_met": "neighbour", "visit_agreed": "no"},
    ],
    "other_ways": ["neighbours"], "lived_in": "yes", "guide_pointed": "no",
}  # fmt: skip
BACK_CHECK: Given = {
    "unit_id": "350125101200-00007", "household_class": "脱贫户", "registered": "是", "check_way": "door",
    "reached": "yes", "visit_happened": "yes", "first_date": "2026-02-27", "first_minutes": 40, "first_visitors": 2,
    "first_present": ["nobody"], "first_parts": ["income", "rooms", "photo"], "coached": "no", "favours": "no",
    "meal": "no",
    "registered_persons": 4, "resident_persons": 3, "income_sources": ["wage_away", "pension"],
    "water_source": "piped", "water_at_home": "yes", "help_received": ["medical"], "check_finding": "in_full",
}  # fmt: skip
VILLAGE: Given = {
    "unit_id": "350125101200", "informant_roles": ["secretary", "first_secretary"], "papers_seen": ["register"],
    "village_kind": "exited", "village_households": 412, "village_persons": 1560, "village_residents": 890,
    "registered_households": 61, "poor_persons": 3, "monitored_households": 7, "monitored_this_year": 2,
    "allowance_unregistered": 4, "unsafe_houses": 0, "water_households": 0, "dropouts": 0, "uninsured": 5,
    **dict.fromkeys(
        ("road", "road_groups", "bus", "power", "power_three_phase", "water_supply", "broadband", "mobile_signal",
         "broadcasting", "culture", "clinic_room",
         "doctor", "doctor_on_duty"), "yes",
    ),
    "collective_income": 86000, "income_links": ["jobs", "rent"], "projects_idle": 0, "team_members": 3,
    "team_present": 2, "team_nights": 22, "team_log": "agree", "review_minutes": "complete",
    "notice_entry": "complete", "notice_exit": "not_due", "data_comparison": "complete", "funds_notice": "complete",
    "notices_private": "no", "photo_notice": "公示.jpg", "position": "25.86 118.94 320 5", "interference": ["none"],
}  # fmt: skip
MEETING: Given = {
    "unit_id": "350125", "meeting_kind": "discussion", "meeting_level": "town", "place_code": "350125101",
    "began": "14:30:00.000+08:00", "minutes": 95, "people_county": 2, "people_town": 6, "people_village": 8,
    "people_others": 4, "people_team": 3, "topics": ["policy", "monitoring"],
    "point": [
        {"point_topic": "monitoring", "point_kind": "fact", "point_text": "今年新纳入 26 户",
         "point_evidence": "data", "point_verify": "yes"},
        {"point_topic": "policy", "point_kind": "difficulty", "point_text": "大病报销要跑几趟",
         "point_evidence": "word", "point_verify": "yes"},
    ],
    "documents_asked": 5, "documents_given": 4, "interference": ["none"],
}  # fmt: skip
UNANNOUNCED: Given = {
    "unit_id": "350125101201", "visit_reasons": ["remote"], "noticed": "no", "position": "25.86 118.94 320 5",
    **dict.fromkeys(
        ("found_office", "found_team", "found_clinic", "found_doctor", "found_water", "found_water_clean",
         "found_notices", "found_projects"), "yes"
    ),
    "found_rehearsal": "no", "found_slogans": "no", "talks": 1,
    "talk": [{"talk_with": "elder", "talk_topics": ["living"], "talk_text": "水有时候停半天", "talk_agrees": "partly"}],
    "clues": 1,
    "clue": [{"clue_registered": "no", "clue_standards": ["housing"], "clue_facts": "土墙开裂，邻居说没有人来看过"}],
    "interference": ["none"],
}  # fmt: skip


def good_answers(completed: Mapping[str, object]) -> dict[str, Given]:
    """Give the answers by form; those about households build on a completed interview."""
    return {
        "household": dict(completed),
        "registered_household": {**completed, **REGISTERED},
        "ordinary_household": {**_without(completed, "registered_year", "exit_year"), **ORDINARY},
        "monitored_household": {**completed, **MONITORED},
        "not_visited": NOT_VISITED,
        "back_check": BACK_CHECK,
        "village": VILLAGE,
        "meeting": MEETING,
        "unannounced_visit": UNANNOUNCED,
    }


def _without(answers: Mapping[str, object], *names: str) -> Given:
    return {name: answer for name, answer in answers.items() if name not in names}
