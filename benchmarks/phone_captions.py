"""Which screens of the enumerator's application are pictured, in which order, and what is said of each."""

from collections.abc import Mapping

CAPTIONS: Mapping[str, Mapping[str, str]] = {
    "Signing in": {
        "sign-in": "Sign in by the code that the supervisor shows, or by the address beside it",
        "sign-in-scanning": "The camera looks for the code",
        "sign-in-no-code": "What was pasted is no sign-in code",
        "pin": "A PIN of one's own; the two differ",
        "unlock": "Locked: the PIN opens, and unsent interviews can be exported all the same",
        "unlock-wrong": "A wrong PIN",
        "unlock-by-code": "Who forgot the PIN scans the code again",
    },
    "Households": {
        "households": "Today's households with state and distance, the nearest first",
        "household": "A household, with what the form allows to be known before",
        "household-draft": "A household whose interview was begun",
        "household-finished": "Without a network: a finished interview waits",
        "drafts": "Drafts",
        "drafts-remove": "A draft goes only when somebody is asked twice",
    },
    "The form": {
        "form-unit_id": "Photo and position at the door",
        "form-agreement_who": "Consent, read aloud piece by piece",
        "form-consent": "Choices of two",
        "form-m_relation": "A member of the household, on a page of its own",
        "form-registered_persons": "The list of members",
        "form-income_text": "Several choices",
        "form-income_wage_local": "Amounts",
        "form-satisfaction_team": "An opinion, in the wording that is due",
        "form-signature": "The respondent signs",
        "form-enumerator_signature": "Two enumerators sign",
        "form-contents": "Contents: how far each section is",
        "form-end-objections": "The end: what is missing",
        "form-objection": "At the question",
        "form-end": "The end: ready",
    },
    "Other kinds of questions": {
        "kinds-written": "Numbers, a scale, a list",
        "kinds-times": "Month, year, time, day and time",
        "kinds-chosen": "Choices: long list, scale, several",
        "kinds-long-list": "A long list with its search",
        "kinds-photo": "Photo",
        "kinds-photo-remove": "What cannot be taken back is asked about",
        "kinds-files": "Film and file",
        "kinds-devices": "Recording and barcode",
        "kinds-recording": "A recording runs",
        "kinds-scanning": "The camera looks for a barcode",
        "kinds-places": "Position, and a line that is walked along",
    },
    "Sent and returned": {
        "outbox-offline": "Two interviews wait for a network",
        "outbox-failed": "Something on the way refused them",
        "outbox-sent": "The service holds them whole",
        "returned": "An interview came back with the supervisor's words",
        "form-returned": "The comments, with the way to each place",
        "form-comment": "The comment at its question",
    },
    "Settings, help, what goes wrong": {
        "settings": "Settings",
        "settings-pin": "Another PIN",
        "settings-code": "Another sign-in code",
        "settings-help": "Help",
        "other-forms": "Forms about villages and counties",
        "settings-forget": "Leaving the phone for good is asked twice",
        "form-storage-full": "The storage is full: nothing says that it was saved",
        "notices": "The clock is wrong, and a newer version waits",
        "settings-update": "The newer version is taken when somebody asks for it",
        "households-revoked": "The sign-in was revoked",
    },
}
IN_ENGLISH = ("sign-in", "households", "form-m_relation", "form-end-objections", "notices", "kinds-places")
ON_A_LARGE_WINDOW = ("households", "form-m_relation", "outbox-failed", "settings")
