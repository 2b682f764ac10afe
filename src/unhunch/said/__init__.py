"""What people type and what they read of it, the same from the daemon and from a command of its own process."""
