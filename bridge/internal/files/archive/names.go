package archive

import (
	"strings"

	"dev.warren/bridge/internal/files/at"
	"golang.org/x/sys/unix"
)

// cleanName brings the name of an entry into the form "a/b", "" for the directory itself.
func cleanName(name string) (string, error) {
	if strings.HasPrefix(name, "/") {
		return "", bad("%q: absolute names are refused", name)
	}
	if len(name) >= unix.PathMax || strings.IndexByte(name, 0) >= 0 {
		return "", bad("%.100q…: is too long, or no name at all", name)
	}
	var parts []string
	for part := range strings.SplitSeq(name, "/") {
		switch {
		case part == "" || part == ".":
		case part == "..":
			return "", bad("%q: names with \"..\" are refused", name)
		case len(part) > unix.NAME_MAX:
			return "", bad("%.100q…: has a component longer than %d bytes", name, unix.NAME_MAX)
		default:
			parts = append(parts, part)
		}
	}
	if len(parts) > maxDepth {
		return "", overLimit("import", "%.100q…: is deeper than %d directories", name, maxDepth)
	}
	return strings.Join(parts, "/"), nil
}

// leftover: hidden files of a bridge that died are no content, in whatever archive they went along.
func leftover(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if at.IsOwn(part, at.TempPrefix) || at.IsOwn(part, at.ImportPrefix) {
			return true
		}
	}
	return false
}
