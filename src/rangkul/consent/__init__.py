"""What the survivor agreed to share: which data, with whom, for what, until when."""
