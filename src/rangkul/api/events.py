"""What the trail calls the acts on service accounts; what they do is called as on the screens."""

CREATED = "token.created"
WITHDRAWN = "token.withdrawn"
