"""Forgets a person who asks for it: in what was handed in, in what is published, in what comes later."""
