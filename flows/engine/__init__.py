"""How steps run: plainly or as Prefect tasks, in worker processes with limits, with progress shown."""
