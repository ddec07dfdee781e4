package files

import (
	"strings"
	"unicode/utf8"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/files/at"
	"golang.org/x/sys/unix"
)

func entryOf(path string, st *unix.Stat_t) *bridgepb.FileEntry {
	e := &bridgepb.FileEntry{
		Path:           valid(path),
		Type:           typeOf(st),
		Size:           st.Size,
		Mode:           st.Mode & 0o7777,
		Uid:            st.Uid,
		Gid:            st.Gid,
		MtimeUnixNanos: st.Mtim.Nano(),
		Revision:       at.Revision(st),
	}
	if !utf8.ValidString(path) {
		e.RawPath = []byte(path)
	}
	return e
}

// valid is needed wherever the disk speaks: protobuf refuses a string that is no UTF-8.
func valid(s string) string { return strings.ToValidUTF8(s, "\ufffd") }

func typeOf(st *unix.Stat_t) bridgepb.FileType {
	switch at.Kind(st) {
	case unix.S_IFREG:
		return bridgepb.FileType_FILE_TYPE_REGULAR
	case unix.S_IFDIR:
		return bridgepb.FileType_FILE_TYPE_DIRECTORY
	case unix.S_IFLNK:
		return bridgepb.FileType_FILE_TYPE_SYMLINK
	}
	return bridgepb.FileType_FILE_TYPE_OTHER
}
