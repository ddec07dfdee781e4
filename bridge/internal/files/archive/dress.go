package archive

import (
	"archive/tar"
	"time"

	"dev.warren/bridge/internal/files/at"
	"golang.org/x/sys/unix"
)

// looks is what an archive says about an entry besides its content.
type looks struct {
	mode     uint32
	uid, gid int
	mtime    time.Time
	records  map[string]string
}

func looksOf(h *tar.Header) looks {
	l := looks{mode: uint32(h.Mode) & 0o7777, uid: h.Uid, gid: h.Gid, mtime: h.ModTime}
	for key := range h.PAXRecords {
		if len(key) > len(attributeRecord) && key[:len(attributeRecord)] == attributeRecord {
			l.records = h.PAXRecords
		}
	}
	return l
}

// dress applies them to fd, which is open for real.
func (l looks) dress(fd int) error {
	mode, err := l.own(fd)
	if err != nil {
		return err
	}
	setAttributes(fd, l.records)
	if err := unix.Fchmod(fd, mode); err != nil {
		return err
	}
	return setTime(fd, l.mtime)
}

// dressHandle applies them to an O_PATH descriptor of a link or a pipe.
func (l looks) dressHandle(fd int) error {
	mode, err := l.own(fd)
	if err != nil {
		return err
	}
	st, err := at.Fstat(fd)
	if err != nil {
		return err
	}
	if at.Kind(&st) != unix.S_IFLNK {
		if err := at.Chmod(fd, mode); err != nil {
			return err
		}
	}
	return setTime(fd, l.mtime)
}

// own gives the entry its owner where that is permitted, and says which mode is safe then: setuid
// and setgid bits for another owner than the one they were meant for are not.
func (l looks) own(fd int) (uint32, error) {
	restored := false
	if validID(l.uid) && validID(l.gid) {
		err := unix.Fchownat(fd, "", l.uid, l.gid, unix.AT_EMPTY_PATH|unix.AT_SYMLINK_NOFOLLOW)
		switch err {
		case nil:
			restored = true
		case unix.EPERM, unix.EINVAL, unix.ENOSYS, unix.ENOTSUP:
		default:
			return 0, err
		}
	}
	if restored {
		return l.mode, nil
	}
	return l.mode &^ (unix.S_ISUID | unix.S_ISGID), nil
}

// validID: -1 would mean "leave as it is".
func validID(id int) bool { return id >= 0 && int64(id) < 0xffffffff }

func setTime(fd int, mtime time.Time) error {
	times := []unix.Timespec{
		{Nsec: unix.UTIME_OMIT},
		{Sec: mtime.Unix(), Nsec: int64(mtime.Nanosecond())},
	}
	err := unix.UtimesNanoAt(fd, "", times, unix.AT_EMPTY_PATH|unix.AT_SYMLINK_NOFOLLOW)
	if err == unix.EINVAL || err == unix.ENOSYS || err == unix.EPERM {
		return nil // a time the file system cannot hold, a kernel before 5.8, a file of others
	}
	return err
}
