"""What the trail calls the acts on consent and the other bases."""

CONSENT_RECORDED = "consent.recorded"
CONSENT_WITHDRAWN = "consent.withdrawn"
BASIS_APPROVED = "consent.approved"
PERSON_TOLD = "consent.person_told"
WORDS_READ = "consent.words_read"
EVIDENCE_TAKEN = "consent.evidence_taken"
EVIDENCE_READ = "consent.evidence_read"
