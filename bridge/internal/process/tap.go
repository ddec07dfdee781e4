package process

import (
	"errors"
	"io"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// tap reads an output stream to its end, or, after its read deadline, what the kernel holds at that
// moment: that is all the process itself can have written before it ended.
type tap struct {
	file     *os.File
	terminal bool
	left     int    // bytes that still belong to the result; -1: all
	rest     []byte // those of a terminal, already read
	held     bool   // the stream had not ended
}

func (t *tap) Read(buffer []byte) (int, error) {
	if t.left == 0 {
		if !t.terminal {
			t.held = !atEnd(t.file)
		}
		return 0, io.EOF
	}
	if t.left > 0 {
		buffer = buffer[:min(len(buffer), t.left)]
	}
	n, err := t.read(buffer)
	if t.left > 0 {
		t.left -= n
	}
	if errors.Is(err, os.ErrDeadlineExceeded) && t.left < 0 {
		_ = t.file.SetReadDeadline(time.Time{})
		if t.terminal {
			t.rest, t.held = takeTerminal(t.file)
			t.left = len(t.rest)
		} else {
			t.left = available(t.file)
		}
		return n, nil
	}
	if err != nil { // a terminal that was hung up says EIO
		return n, io.EOF
	}
	return n, nil
}

func (t *tap) read(buffer []byte) (int, error) {
	if len(t.rest) > 0 {
		n := copy(buffer, t.rest)
		t.rest = t.rest[n:]
		return n, nil
	}
	return pastHangup(t.file, buffer)
}

// pastHangup reads on where a terminal says that it was hung up. The kernel looks for output, then
// for the hang-up, and answers EIO even if there was output between the two. None comes after the
// hang-up, so the second EIO is the truth.
func pastHangup(file io.Reader, buffer []byte) (int, error) {
	n, err := file.Read(buffer)
	if errors.Is(err, syscall.EIO) {
		n, err = file.Read(buffer)
	}
	return n, err
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

// terminalHolds is more than a terminal can: 4 KiB in its line discipline, 8 KiB queued before it.
const terminalHolds = 16 << 10

// takeTerminal reads what a terminal holds and reports whether anybody else still has it open. The
// number that the kernel tells is of no use here: it leaves out what is queued.
func takeTerminal(file *os.File) (taken []byte, held bool) {
	conn, err := file.SyscallConn()
	if err != nil {
		return nil, false
	}
	taken, held = make([]byte, 0, terminalHolds), true
	_ = conn.Control(func(fd uintptr) {
		hangups := 0
		for len(taken) < cap(taken) { // who writes all the time fills it
			n, err := syscall.Read(int(fd), taken[len(taken):cap(taken)])
			switch {
			case n > 0:
				taken = taken[:len(taken)+n]
			case err == syscall.EINTR:
			case err == syscall.EIO && hangups == 0: // see pastHangup
				hangups++
			default:
				held = err == syscall.EAGAIN
				return
			}
		}
	})
	return taken, held
}
