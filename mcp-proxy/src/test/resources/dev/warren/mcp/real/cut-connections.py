"""Shuts down the connections to a unix socket in the processes that have them.

cut-connections.py PID SOCKET, as root: for a process and its children. Who listens goes on to.
"""
import ctypes
import os
import sys

PIDFD_OPEN, PIDFD_GETFD, BOTH_WAYS = 434, 438, 2
libc = ctypes.CDLL(None, use_errno=True)


def connected(pid, name):
    """Inodes of the connections; they are listed in the namespace of the process or of the client."""
    found = set()
    for table in ("/proc/net/unix", f"/proc/{pid}/net/unix"):
        for row in map(str.split, open(table)):
            # Num RefCount Protocol Flags Type St Inode Path; 03 is connected.
            if len(row) == 8 and row[5] == "03" and row[7].endswith(name):
                found.add(row[6])
    return found


def cut(pid, inodes):
    handle = libc.syscall(PIDFD_OPEN, pid, 0)
    count = 0
    for fd in os.listdir(f"/proc/{pid}/fd"):
        try:
            target = os.readlink(f"/proc/{pid}/fd/{fd}")
        except FileNotFoundError:
            continue
        if target.startswith("socket:[") and target[8:-1] in inodes:
            own = libc.syscall(PIDFD_GETFD, handle, int(fd), 0)
            if own >= 0 and libc.shutdown(own, BOTH_WAYS) == 0:
                count += 1
                os.close(own)
    return count


first, socket = int(sys.argv[1]), sys.argv[2]
children = open(f"/proc/{first}/task/{first}/children").read().split()
print(sum(cut(pid, connected(pid, socket)) for pid in [first, *map(int, children)]))
