"""The rooms of `flows` and their order."""

#: The rooms of `flows` from the ground up: each may import only those in the lines above its own.
LAYERS = (
    ("errors", "fingerprints", "system"),
    ("files",),
    ("root",),
    ("books", "protect"),
    ("cache",),
    ("engine",),
    ("collect", "read"),
    ("clean",),
    ("words",),
    ("intake",),
    ("validate", "roll_call", "measure"),
    ("settle",),
    ("faults",),
    ("day_tables",),
    ("forms", "release"),
    ("audit", "report"),
    ("returns",),
    ("build", "check"),
    ("rebuild", "forget"),
    ("mend", "backup"),
    ("day", "notify", "schedule"),
    ("summary",),
    ("daily", "province", "sample", "web"),
    ("cli",),
)
LEVELS = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}
