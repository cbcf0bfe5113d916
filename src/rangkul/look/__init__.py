"""What the faces share: base templates, marks, icons, wording of clocks and times; no queries."""
