package proctree

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// signal reaches the process that was scanned and never one that has taken over its pid since:
// the handle is opened first and the start time compared afterwards.
func (e entry) signal(sig syscall.Signal) {
	fd, err := unix.PidfdOpen(e.pid, 0)
	if err == nil {
		defer unix.Close(fd)
	}
	if now, ok := stat(e.pid); !ok || now.start != e.start {
		return
	}
	if err == nil && unix.PidfdSendSignal(fd, sig, nil, 0) == nil {
		return
	}
	_ = syscall.Kill(e.pid, sig) // a kernel or a filter without pidfd
}
