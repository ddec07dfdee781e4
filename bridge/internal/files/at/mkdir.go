package at

import (
	"strings"

	"golang.org/x/sys/unix"
)

const parentMode = 0o755

// MakeAll opens the directory path (O_PATH) and makes what is missing of it.
func (t *Tree) MakeAll(path string) (int, error) {
	dir, rest, err := t.start(path)
	if err != nil {
		return -1, err
	}
	for part := range strings.SplitSeq(rest, "/") {
		if part == "" || part == "." {
			continue
		}
		next, err := t.enter(dir, part)
		Close(dir)
		if err != nil {
			return -1, err
		}
		dir = next
	}
	return dir, nil
}

func (t *Tree) start(path string) (int, string, error) {
	base := "."
	if strings.HasPrefix(path, "/") && !t.Confined() {
		base = "/"
	}
	fd, err := Open(t.base, base, pathFlags|unix.O_DIRECTORY, 0)
	return fd, path, err
}

func (t *Tree) enter(dir int, name string) (int, error) {
	fd, err := t.stepInto(dir, name)
	if err != unix.ENOENT {
		return fd, err
	}
	// EEXIST: somebody else made it just now, or a dangling link stands there, which fails below.
	if err := unix.Mkdirat(dir, name, parentMode); err != nil && err != unix.EEXIST {
		return -1, err
	}
	return t.stepInto(dir, name)
}

func (t *Tree) stepInto(dir int, name string) (int, error) {
	if t.Confined() {
		return step(dir, name)
	}
	return Open(dir, name, pathFlags|unix.O_DIRECTORY, 0)
}

// Mkdir makes one directory. An explicit mode is set whatever the umask; without one the umask and
// an inherited setgid bit apply.
func Mkdir(p Place, mode *uint32) error {
	if mode == nil {
		return unix.Mkdirat(p.Dir, p.Name, parentMode)
	}
	if err := unix.Mkdirat(p.Dir, p.Name, *mode&0o700); err != nil {
		return err
	}
	fd, err := step(p.Dir, p.Name)
	if err != nil {
		return err
	}
	defer Close(fd)
	return Chmod(fd, *mode)
}

// Chmod sets the mode of what an O_PATH descriptor stands for, which fchmod would refuse.
func Chmod(fd int, mode uint32) error {
	return unix.Fchmodat(unix.AT_FDCWD, ProcPath(fd), mode&0o7777, 0)
}
