"""What the trail calls the acts on assessments."""

ASSESSED = "assessment.recorded"
ASSESSMENT_READ = "assessment.read"
