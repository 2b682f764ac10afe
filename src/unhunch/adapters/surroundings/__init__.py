"""What is around the user: lock and sleep, calls, do-not-disturb. `adapters/registry.py` names them all."""
