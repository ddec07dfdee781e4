package spawn

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Child is a started program. With a terminal Stdin, Stdout and Terminal are the same file and
// Stderr is nil.
type Child struct {
	Pid                   int
	Stdin, Stdout, Stderr *os.File
	Terminal              *os.File
	handle                *os.File // pidfd; nil where the kernel has none
}

func newChild(pid, pidfd int, f *files) *Child {
	c := &Child{Pid: pid, Stdin: f.stdin, Stdout: f.stdout, Stderr: f.stderr, Terminal: f.terminal}
	if pidfd >= 0 {
		_ = syscall.SetNonblock(pidfd, true)
		c.handle = os.NewFile(uintptr(pidfd), "pidfd")
	}
	return c
}

// Wait returns when the program has ended. It is not reaped yet, so its pid still means it.
// Through the pidfd this costs no thread.
func (c *Child) Wait() {
	if c.handle != nil {
		defer c.handle.Close()
		if conn, err := c.handle.SyscallConn(); err == nil {
			if conn.Read(func(fd uintptr) bool { return ended(unix.P_PIDFD, int(fd), unix.WNOHANG) }) == nil {
				return
			}
		}
	}
	ended(unix.P_PID, c.Pid, 0)
}

func ended(kind, id, options int) bool {
	for {
		var info unix.Siginfo
		err := unix.Waitid(kind, id, &info, unix.WEXITED|unix.WNOWAIT|options, nil)
		if err != unix.EINTR {
			return info.Signo != 0 || err != nil && err != unix.EAGAIN
		}
	}
}

// Reap takes the end of the program; afterwards the pid may belong to another one.
func (c *Child) Reap() syscall.WaitStatus {
	var status syscall.WaitStatus
	for {
		if _, err := syscall.Wait4(c.Pid, &status, 0, nil); err != syscall.EINTR {
			return status
		}
	}
}

// Resize changes the size of the terminal.
func (c *Child) Resize(size Size) error { return setSize(c.Terminal, size) }

// EndOfInput is what a program on the terminal reads as the end of its input: VEOF, twice where
// the line under way is not empty, because the first one only ends that line.
func (c *Child) EndOfInput(lineOpen bool) []byte {
	eof := byte(4)
	if conn, err := c.Terminal.SyscallConn(); err == nil {
		_ = conn.Control(func(fd uintptr) {
			if t, err := unix.IoctlGetTermios(int(fd), unix.TCGETS); err == nil {
				eof = t.Cc[unix.VEOF]
			}
		})
	}
	if lineOpen {
		return []byte{eof, eof}
	}
	return []byte{eof}
}
