"""The public's door: find help, report, follow, check a job offer; it leaves no trace."""
