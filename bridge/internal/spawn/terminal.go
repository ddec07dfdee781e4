package spawn

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// openTerminal opens a pseudo terminal by hand: the common package for it puts the master into
// blocking mode, and then neither deadlines nor Close end a read.
func (f *files) openTerminal(size Size) error {
	master, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return fmt.Errorf("open a terminal: /dev/ptmx: %w", err)
	}
	slave, err := openSlave(master)
	if err != nil {
		_ = unix.Close(master)
		return fmt.Errorf("open a terminal: %w", err)
	}
	f.terminal = os.NewFile(uintptr(master), "terminal")
	f.stdin, f.stdout = f.terminal, f.terminal
	f.owned = append(f.owned, slave)
	f.child = [3]uintptr{uintptr(slave), uintptr(slave), uintptr(slave)}
	return setSize(f.terminal, size)
}

func openSlave(master int) (int, error) {
	if err := unix.IoctlSetPointerInt(master, unix.TIOCSPTLCK, 0); err != nil {
		return -1, err
	}
	// Through the master: /dev/pts need not be the instance it belongs to.
	const flags = unix.O_RDWR | unix.O_NOCTTY | unix.O_CLOEXEC
	fd, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(master), unix.TIOCGPTPEER, flags)
	if errno == 0 {
		return int(fd), nil
	}
	n, err := unix.IoctlGetUint32(master, unix.TIOCGPTN)
	if err != nil {
		return -1, err
	}
	return unix.Open(fmt.Sprintf("/dev/pts/%d", n), flags, 0)
}

func setSize(terminal *os.File, size Size) error {
	conn, err := terminal.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = conn.Control(func(fd uintptr) {
		failed = unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &unix.Winsize{Col: size.Columns, Row: size.Rows})
	})
	if err != nil {
		return err
	}
	return failed
}
