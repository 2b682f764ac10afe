"""What people read, in their language. The core hands over values; here is the one place where they become words."""
