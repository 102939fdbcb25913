"""Says why a test is skipped that needs files from outside the project."""

#: The reason of such a skip. CI fails at any other: a program is missing that it should have installed.
OUTSIDE = "needs files that lie outside the project"
