package process

import (
	"errors"
	"io"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// tap reads an output stream to its end, or, after its read deadline, what is in the pipe at that
// moment: that is all the process itself can have written before it ended.
type tap struct {
	file *os.File
	left int  // bytes that still belong to the result; -1: all
	held bool // the stream had not ended
}

func (t *tap) Read(buffer []byte) (int, error) {
	if t.left == 0 {
		t.held = !atEnd(t.file)
		return 0, io.EOF
	}
	if t.left > 0 {
		buffer = buffer[:min(len(buffer), t.left)]
	}
	n, err := t.file.Read(buffer)
	if t.left > 0 {
		t.left -= n
	}
	if errors.Is(err, os.ErrDeadlineExceeded) && t.left < 0 {
		_ = t.file.SetReadDeadline(time.Time{})
		t.left = available(t.file)
		return n, nil
	}
	if err != nil { // a terminal that was hung up says EIO
		return n, io.EOF
	}
	return n, nil
}

func available(file *os.File) (n int) {
	if conn, err := file.SyscallConn(); err == nil {
		_ = conn.Control(func(fd uintptr) { n, _ = unix.IoctlGetInt(int(fd), unix.TIOCINQ) })
	}
	return n
}

// atEnd reports whether there is no writer any more. It may take a byte of a survivor's output,
// which is not part of the result.
func atEnd(file *os.File) bool {
	n, err := 0, error(syscall.EAGAIN)
	if conn, failed := file.SyscallConn(); failed == nil {
		_ = conn.Control(func(fd uintptr) {
			var one [1]byte
			n, err = syscall.Read(int(fd), one[:])
		})
	}
	return n <= 0 && err != syscall.EAGAIN && err != syscall.EINTR
}
