"""Stands for Windows' msvcrt, by the one kind of lock of Linux that belongs to a handle as those of Windows do."""

import fcntl
import os
import struct

LK_NBLCK = 2


def locking(file: int, mode: int, count: int) -> None:
    """Locks bytes from where the file stands; PermissionError (EACCES) if another handle has them."""
    assert mode == LK_NBLCK
    record = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_CUR, 0, count, 0)
    try:
        fcntl.fcntl(file, fcntl.F_OFD_SETLK, record)
    except BlockingIOError as error:
        raise PermissionError(*error.args) from None
