package at

import (
	"context"

	"golang.org/x/sys/unix"
)

const (
	// A deeper tree is taken apart from the middle, so descriptors and stack stay bounded.
	maxRemoveDepth = 100
	// A directory that somebody keeps filling is given up after so many rounds.
	removeRounds = 1000
)

// Remover deletes trees by descriptors: no name in them is resolved through a link.
type Remover struct {
	Ctx context.Context
	// Force opens up directories of our own that deny us access. Only for trees we made or own.
	Force bool
}

// All removes the entry name of dir and everything below it.
func (r *Remover) All(dir int, name string) error {
	return r.entry(dir, name, -1, 0)
}

// entry works in dir, at some depth of the tree whose root directory is open as top.
func (r *Remover) entry(dir int, name string, top, depth int) error {
	if err := r.Ctx.Err(); err != nil {
		return err
	}
	err := unix.Unlinkat(dir, name, 0)
	if err == nil || err == unix.ENOENT {
		return nil
	}
	// Linux answers EISDIR for a directory, other file systems EPERM; ask before believing it.
	if st, statErr := Lstat(dir, name); statErr != nil || !IsDir(&st) {
		return err
	}
	if depth >= maxRemoveDepth {
		// Its depth starts anew as a child of the top, which is emptied until nothing is left.
		return unix.Renameat(dir, name, top, RandomName(TempPrefix))
	}
	return r.directory(dir, name, top, depth)
}

func (r *Remover) directory(dir int, name string, top, depth int) error {
	for range removeRounds {
		err := unix.Unlinkat(dir, name, unix.AT_REMOVEDIR)
		if err == nil || err == unix.ENOENT {
			return nil
		}
		if err != unix.ENOTEMPTY && err != unix.EEXIST {
			return err
		}
		if err := r.empty(dir, name, top, depth); err != nil {
			return err
		}
	}
	return unix.ENOTEMPTY
}

// empty passes once over a directory; what a file system skips meanwhile is found by the next round.
func (r *Remover) empty(dir int, name string, top, depth int) error {
	fd, err := r.openDir(dir, name)
	if err == unix.ENOENT {
		return nil
	}
	if err != nil {
		return err
	}
	defer Close(fd)
	if depth == 0 {
		top = fd
	}
	return Scan(fd, func(child []byte) error {
		return r.entry(fd, string(child), top, depth+1)
	})
}

func (r *Remover) openDir(dir int, name string) (int, error) {
	const flags = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_NOFOLLOW
	fd, err := Open(dir, name, flags, 0)
	if !r.Force {
		return fd, err
	}
	if err == nil {
		if st, statErr := Fstat(fd); statErr == nil && st.Mode&0o700 != 0o700 {
			_ = unix.Fchmod(fd, 0o700)
		}
		return fd, nil
	}
	if err == unix.EACCES {
		if handle, stepErr := step(dir, name); stepErr == nil {
			_ = Chmod(handle, 0o700)
			Close(handle)
			return Open(dir, name, flags, 0)
		}
	}
	return fd, err
}
