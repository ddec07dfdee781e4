"""Shuts down the connections to a unix socket in the process that listens on it.

cut-connections.py PID SOCKET, as root: the process keeps its socket, what was connected is not.
"""
import ctypes
import os
import sys

PIDFD_OPEN, PIDFD_GETFD, BOTH_WAYS = 434, 438, 2
pid, name = int(sys.argv[1]), sys.argv[2]
libc = ctypes.CDLL(None, use_errno=True)
# Num RefCount Protocol Flags Type St Inode Path; 03 is connected.
rows = [line.split() for line in open(f"/proc/{pid}/net/unix")]
connected = {row[6] for row in rows if len(row) == 8 and row[5] == "03" and row[7].endswith(name)}
handle = libc.syscall(PIDFD_OPEN, pid, 0)
cut = 0
for fd in os.listdir(f"/proc/{pid}/fd"):
    try:
        target = os.readlink(f"/proc/{pid}/fd/{fd}")
    except FileNotFoundError:
        continue
    if target.startswith("socket:[") and target[8:-1] in connected:
        own = libc.syscall(PIDFD_GETFD, handle, int(fd), 0)
        if own >= 0 and libc.shutdown(own, BOTH_WAYS) == 0:
            cut += 1
            os.close(own)
print(cut)
