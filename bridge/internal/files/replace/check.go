package replace

import (
	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"dev.warren/bridge/internal/files/at"
	"golang.org/x/sys/unix"
	"google.golang.org/grpc/codes"
)

// check opens what is at the place (O_PATH), -1 where nothing is, if the options let it be replaced.
func check(place at.Place, options Options) (int, error) {
	if place.DirOnly {
		return -1, unix.EISDIR
	}
	fd, err := at.Open(place.Dir, place.Name, unix.O_PATH|unix.O_NOFOLLOW, 0)
	if err == unix.ENOENT {
		if options.Expected != "" {
			return -1, stale(options.Path, "is gone")
		}
		return -1, nil
	}
	if err != nil {
		return -1, err
	}
	if err := replaceable(fd, options); err != nil {
		at.Close(fd)
		return -1, err
	}
	return fd, nil
}

func replaceable(fd int, options Options) error {
	if options.MustNotExist {
		return unix.EEXIST
	}
	st, err := at.Fstat(fd)
	if err != nil {
		return err
	}
	switch at.Kind(&st) {
	case unix.S_IFREG:
	case unix.S_IFDIR:
		return unix.EISDIR
	case unix.S_IFLNK:
		return unix.ELOOP
	default:
		return unix.ENXIO
	}
	if options.Expected != "" && options.Expected != at.Revision(&st) {
		return stale(options.Path, "was changed")
	}
	// The rename would not ask for it, but a file that denies writing means it.
	return unix.Faccessat(unix.AT_FDCWD, at.ProcPath(fd), unix.W_OK, unix.AT_EACCESS)
}

func stale(path, what string) error {
	return fault.New(codes.Aborted, bridgepb.Reason_REASON_STALE_REVISION,
		"write %s: the file %s since the expected revision; read it again and retry", path, what)
}
