package replace

import (
	"strings"

	"dev.warren/bridge/internal/files/at"
	"golang.org/x/sys/unix"
)

const maxAttributes = 64 << 10

// inherit copies owner and attributes of the file behind old (O_PATH) to fd and returns the mode
// that fd should get. Ownership that we may not give is left alone.
func inherit(fd, old int) (uint32, error) {
	st, err := at.Fstat(old)
	if err != nil {
		return 0, err
	}
	owned := chown(fd, &st)
	copyAttributes(fd, old)
	mode := st.Mode & 0o7777
	// As after a write in place: the bits stay only if root writes, and never for another owner.
	if !owned || unix.Geteuid() != 0 {
		mode &^= unix.S_ISUID | unix.S_ISGID
	}
	return mode, nil
}

func chown(fd int, want *unix.Stat_t) bool {
	have, err := at.Fstat(fd)
	if err == nil && have.Uid == want.Uid && have.Gid == want.Gid {
		return true
	}
	if unix.Fchown(fd, int(want.Uid), int(want.Gid)) == nil {
		return true
	}
	_ = unix.Fchown(fd, -1, int(want.Gid)) // one of our own groups may still be given
	return false
}

// copyAttributes copies what users set: their own attributes and access lists. Capabilities are
// left out on purpose, as the kernel drops them when a file is written.
func copyAttributes(fd, old int) {
	path := at.ProcPath(old)
	names := make([]byte, maxAttributes)
	n, err := unix.Listxattr(path, names)
	if err != nil {
		return
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(names[:n]), "\x00"), "\x00") {
		if !strings.HasPrefix(name, "user.") && name != "system.posix_acl_access" {
			continue
		}
		value := make([]byte, maxAttributes)
		if n, err := unix.Getxattr(path, name, value); err == nil {
			_ = unix.Fsetxattr(fd, name, value[:n], 0)
		}
	}
}
