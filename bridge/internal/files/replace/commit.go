package replace

import (
	"dev.warren/bridge/internal/files/at"
	"golang.org/x/sys/unix"
)

// Commit makes the content durable, then visible under its name, and describes the new file.
func (f *File) Commit(locks *Locks) (unix.Stat_t, error) {
	defer f.Abort()
	if err := f.dress(); err != nil {
		return unix.Stat_t{}, err
	}
	if err := fsync(f.fd); err != nil {
		return unix.Stat_t{}, err
	}
	if err := f.publish(locks); err != nil {
		return unix.Stat_t{}, err
	}
	SyncDir(f.place.Dir)
	return at.Fstat(f.fd) // after the rename, which changes ctime
}

// dress gives the new file the looks of the one it replaces.
func (f *File) dress() error {
	old, err := check(f.place, f.options)
	if err != nil {
		return err
	}
	defer at.Close(old)
	mode := uint32(newMode)
	if old >= 0 {
		if mode, err = inherit(f.fd, old); err != nil {
			return err
		}
	}
	if f.options.Mode != nil {
		mode = *f.options.Mode
	}
	return unix.Fchmod(f.fd, mode&0o7777)
}

// publish checks once more, under the lock, immediately before the rename.
func (f *File) publish(locks *Locks) error {
	defer locks.Lock(f.place)()
	old, err := check(f.place, f.options)
	if err != nil {
		return err
	}
	at.Close(old)
	if f.options.MustNotExist {
		return f.publishNew()
	}
	if f.temp == "" {
		temp := at.RandomName(at.TempPrefix)
		if err := f.link(temp); err != nil {
			return err
		}
		f.temp = temp
	}
	if err := unix.Renameat(f.place.Dir, f.temp, f.place.Dir, f.place.Name); err != nil {
		return err
	}
	f.temp = ""
	return nil
}

// publishNew fails with EEXIST if anything took the name meanwhile, whoever did it.
func (f *File) publishNew() error {
	if f.temp == "" {
		return f.link(f.place.Name)
	}
	err := unix.Renameat2(f.place.Dir, f.temp, f.place.Dir, f.place.Name, unix.RENAME_NOREPLACE)
	if err == unix.EINVAL || err == unix.ENOSYS {
		// This file system has no such rename; a link does not replace either. Abort drops temp.
		return unix.Linkat(f.place.Dir, f.temp, f.place.Dir, f.place.Name, 0)
	}
	if err == nil {
		f.temp = ""
	}
	return err
}

// link names the nameless file. AT_EMPTY_PATH would need a capability, the way over /proc none.
func (f *File) link(name string) error {
	return unix.Linkat(unix.AT_FDCWD, at.ProcPath(f.fd), f.place.Dir, name, unix.AT_SYMLINK_FOLLOW)
}

func fsync(fd int) error {
	for {
		err := unix.Fsync(fd)
		if err != unix.EINTR {
			return err
		}
	}
}

// SyncDir makes renames in a directory durable. A directory that may be written but not read cannot
// be synced, and the content is already safe: that is no failure.
func SyncDir(dir int) {
	fd, err := at.Open(dir, ".", unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return
	}
	defer at.Close(fd)
	_ = fsync(fd)
}
