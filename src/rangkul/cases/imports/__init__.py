"""An office's open caseload out of a workbook: read safely, understood by column, checked."""
