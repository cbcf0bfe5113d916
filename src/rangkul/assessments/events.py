"""What the trail calls the acts on assessments."""

ASSESSED = "assessment.recorded"
ASSESSMENT_READ = "assessment.read"
SUBMISSION_CONFLICT = "assessment.conflict"
FORM_UPLOADED = "form.uploaded"
FORM_TESTED = "form.tested"
FORM_PUBLISHED = "form.published"
FORM_RETIRED = "form.retired"
