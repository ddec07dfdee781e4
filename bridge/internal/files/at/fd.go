// Package at works on files through descriptors of their parent directories, so that a path is
// resolved once and what was checked is what is used.
package at

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Beneath an O_PATH descriptor nothing is opened yet: no fifo is woken, no device is touched.
const pathFlags = unix.O_PATH | unix.O_CLOEXEC

// Open is openat, repeated when a signal interrupts it.
func Open(dir int, name string, flags int, mode uint32) (int, error) {
	for {
		fd, err := unix.Openat(dir, name, flags|unix.O_CLOEXEC, mode)
		if err != unix.EINTR {
			return fd, err
		}
	}
}

// Close drops the error: nothing was written through descriptors that are closed this way.
func Close(fd int) {
	if fd >= 0 {
		_ = unix.Close(fd)
	}
}

// ProcPath names the file behind fd for the calls that take no descriptor.
func ProcPath(fd int) string { return fmt.Sprintf("/proc/self/fd/%d", fd) }

// Reopen opens the very file behind an O_PATH descriptor, whatever its name leads to by now.
func Reopen(fd int, flags int) (int, error) {
	return Open(unix.AT_FDCWD, ProcPath(fd), flags, 0)
}

// Fstat and Lstat hide the pointer that the system call wants.
func Fstat(fd int) (st unix.Stat_t, err error) {
	err = unix.Fstat(fd, &st)
	return st, err
}

// Lstat describes a directory entry without following it.
func Lstat(dir int, name string) (st unix.Stat_t, err error) {
	err = unix.Fstatat(dir, name, &st, unix.AT_SYMLINK_NOFOLLOW)
	return st, err
}

// Readlink reads the target of the link name in dir; with an empty name that of dir itself.
func Readlink(dir int, name string) (string, error) {
	buf := make([]byte, unix.PathMax)
	n, err := unix.Readlinkat(dir, name, buf)
	if err != nil {
		return "", err
	}
	return string(buf[:n]), nil
}

// Kind is the file type of a mode.
func Kind(st *unix.Stat_t) uint32 { return st.Mode & unix.S_IFMT }

// IsDir reports whether st describes a directory.
func IsDir(st *unix.Stat_t) bool { return Kind(st) == unix.S_IFDIR }

// SameFile compares identities.
func SameFile(a, b *unix.Stat_t) bool { return a.Dev == b.Dev && a.Ino == b.Ino }

// OpenRegular opens for reading what fd (O_PATH) stands for, if it is a regular file. ENXIO
// stands for every other kind but a directory, which is EISDIR, and a link, which is ELOOP.
func OpenRegular(fd int) (*os.File, unix.Stat_t, error) {
	st, err := Fstat(fd)
	if err == nil {
		err = regular(&st)
	}
	if err != nil {
		return nil, st, err
	}
	real, err := Reopen(fd, unix.O_RDONLY|unix.O_NOCTTY)
	if err != nil {
		return nil, st, err
	}
	return os.NewFile(uintptr(real), "file"), st, nil
}

func regular(st *unix.Stat_t) error {
	switch Kind(st) {
	case unix.S_IFREG:
		return nil
	case unix.S_IFDIR:
		return unix.EISDIR
	case unix.S_IFLNK:
		return unix.ELOOP
	}
	return unix.ENXIO
}
