package files

import (
	"os"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/files/at"
	"golang.org/x/sys/unix"
)

// openRegular opens path for reading without ever waking a pipe or touching a device.
func (s *Service) openRegular(path string, noFollow *bridgepb.NoFollow) (*os.File, unix.Stat_t, error) {
	tree, err := s.tree(noFollow)
	if err != nil {
		return nil, unix.Stat_t{}, err
	}
	defer tree.Close()
	fd, err := tree.OpenPath(path, true)
	if err != nil {
		return nil, unix.Stat_t{}, err
	}
	defer at.Close(fd)
	return at.OpenRegular(fd)
}

// readLimit ends a read at the size the file had when it was opened, so that a file which grows as
// fast as it is read does not keep a call for ever. Files of /proc and the like say 0 and end by
// themselves.
func readLimit(st *unix.Stat_t) int64 {
	if st.Size == 0 {
		return 1<<63 - 1
	}
	return st.Size
}
