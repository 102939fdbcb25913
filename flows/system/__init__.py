"""Ground: what differs between machines, and which code this is."""
