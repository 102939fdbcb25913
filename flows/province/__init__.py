"""Many communes on an existing engine: each one's day a task, then one release of the whole province."""
