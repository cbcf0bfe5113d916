"""What the trail calls the acts on service accounts; what they do is called as on the screens."""

TOKEN_CREATED = "token.created"
TOKEN_WITHDRAWN = "token.withdrawn"
