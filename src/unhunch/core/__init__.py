"""The pure core: what Unhunch decides. No clock, no I/O, no asyncio; time comes in as an argument."""
