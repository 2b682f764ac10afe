"""Sources that tell how long keyboard and mouse have been untouched: `Source` in each module, imported on first use.

None of them holds a key, a pointer position or a window title. Seconds are counted on the clock that stops in suspend.
"""
