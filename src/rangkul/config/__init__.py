"""Settings, addresses, middleware and the checks that keep an unsafe start from happening."""
