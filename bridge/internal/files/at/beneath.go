package at

import (
	"errors"
	"strings"

	"golang.org/x/sys/unix"
)

// Opener resolves a clean relative path beneath base: no link, no magic link, no way out.
type Opener func(base int, path string, flags int) (int, error)

// Kernel resolves with openat2 where the kernel and its seccomp filter let it, else step by step.
func Kernel() (open Opener, hasOpenat2 bool) {
	fd, err := openat2Beneath(unix.AT_FDCWD, ".", unix.O_PATH)
	if err != nil {
		return walkBeneath, false
	}
	Close(fd)
	return openat2Beneath, true
}

// Walk resolves step by step; it is what Kernel falls back to.
func Walk() Opener { return walkBeneath }

func openat2Beneath(base int, path string, flags int) (int, error) {
	if flags&unix.O_DIRECTORY == 0 {
		flags |= unix.O_NOFOLLOW // with both, a final link would be ENOTDIR instead of ELOOP
	}
	how := unix.OpenHow{
		Flags:   uint64(flags | unix.O_CLOEXEC),
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS,
	}
	for {
		fd, err := unix.Openat2(base, orDot(path), &how)
		// EAGAIN: a rename elsewhere made the kernel unsure; it cannot last.
		if err != unix.EINTR && err != unix.EAGAIN {
			return fd, err
		}
	}
}

// walkBeneath opens one component at a time, each in the directory that the last one proved to be.
func walkBeneath(base int, path string, flags int) (int, error) {
	dir, err := Open(base, ".", pathFlags|unix.O_DIRECTORY, 0)
	if err != nil || path == "" || path == "." {
		return reopenDir(dir, flags, err)
	}
	parts := strings.Split(path, "/")
	for _, part := range parts[:len(parts)-1] {
		next, err := step(dir, part)
		Close(dir)
		if err != nil {
			return -1, err
		}
		dir = next
	}
	defer Close(dir)
	return openLast(dir, parts[len(parts)-1], flags)
}

func reopenDir(dir, flags int, err error) (int, error) {
	if err != nil || flags&unix.O_PATH != 0 {
		return dir, err
	}
	defer Close(dir)
	return Open(dir, ".", flags, 0)
}

// step enters a directory. O_PATH opens a link itself, so fstat tells what the name really was.
func step(dir int, name string) (int, error) {
	fd, err := Open(dir, name, pathFlags|unix.O_NOFOLLOW, 0)
	if err != nil {
		return -1, err
	}
	st, err := Fstat(fd)
	if err == nil {
		err = directory(&st)
	}
	if err != nil {
		Close(fd)
		return -1, err
	}
	return fd, nil
}

func openLast(dir int, name string, flags int) (int, error) {
	fd, err := Open(dir, name, flags|unix.O_NOFOLLOW, 0)
	if errors.Is(err, unix.ENOTDIR) {
		// O_DIRECTORY hides whether a link or a file was met.
		if st, statErr := Lstat(dir, name); statErr == nil && Kind(&st) == unix.S_IFLNK {
			return -1, unix.ELOOP
		}
	}
	return fd, err
}

func directory(st *unix.Stat_t) error {
	switch Kind(st) {
	case unix.S_IFDIR:
		return nil
	case unix.S_IFLNK:
		return unix.ELOOP
	}
	return unix.ENOTDIR
}
