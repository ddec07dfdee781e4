package at

import (
	"strings"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"golang.org/x/sys/unix"
	"google.golang.org/grpc/codes"
)

// CheckPath refuses what no system call would take; unix.PathMax counts the closing NUL.
func CheckPath(path string) error {
	if strings.IndexByte(path, 0) >= 0 {
		return fault.New(codes.InvalidArgument, bridgepb.Reason_REASON_UNSPECIFIED,
			"path %q: contains a NUL byte, which no file name can", path)
	}
	if len(path) >= unix.PathMax {
		return unix.ENAMETOOLONG
	}
	for part := range strings.SplitSeq(path, "/") {
		if len(part) > unix.NAME_MAX {
			return unix.ENAMETOOLONG
		}
	}
	return nil
}

// checkConfined demands the form that cannot leave a root by its mere spelling.
func checkConfined(path string) error {
	if path == "" || path == "." {
		return nil
	}
	if path[0] == '/' {
		return fault.New(codes.FailedPrecondition, bridgepb.Reason_REASON_OUTSIDE_ROOT,
			"path %s: is absolute; a no-follow call takes a path relative to its root", path)
	}
	for part := range strings.SplitSeq(path, "/") {
		switch part {
		case "..":
			return fault.New(codes.FailedPrecondition, bridgepb.Reason_REASON_OUTSIDE_ROOT,
				"path %s: \"..\" would leave the root of a no-follow call", path)
		case "", ".":
			return fault.New(codes.InvalidArgument, bridgepb.Reason_REASON_UNSPECIFIED,
				"path %s: a no-follow call takes a clean path, without \".\", \"//\" or a trailing slash", path)
		}
	}
	return nil
}

// split cuts a path before its last component. dirOnly: a trailing slash asked for a directory.
func split(path string) (dir, name string, dirOnly bool) {
	trimmed := strings.TrimRight(path, "/")
	dirOnly = len(trimmed) < len(path)
	if i := strings.LastIndexByte(trimmed, '/'); i >= 0 {
		return trimmed[:i+1], trimmed[i+1:], dirOnly
	}
	return "", trimmed, dirOnly
}

func orDot(path string) string {
	if path == "" {
		return "."
	}
	return path
}
