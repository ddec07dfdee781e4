package archive

import (
	"strings"

	"golang.org/x/sys/unix"
)

const (
	attributeRecord = "SCHILY.xattr."
	userAttribute   = "user."
	maxAttributes   = 64 << 10
)

// attributes reads the user.* attributes of an open file as PAX records, nil where there are none.
func attributes(fd int) map[string]string {
	size, err := unix.Flistxattr(fd, nil)
	if err != nil || size <= 0 || size > maxAttributes {
		return nil
	}
	names := make([]byte, size)
	n, err := unix.Flistxattr(fd, names)
	if err != nil {
		return nil
	}
	var records map[string]string
	for name := range strings.SplitSeq(strings.TrimRight(string(names[:n]), "\x00"), "\x00") {
		if !strings.HasPrefix(name, userAttribute) || strings.Contains(name, "=") {
			continue // PAX has no way to write an "="
		}
		value := make([]byte, maxAttributes)
		n, err := unix.Fgetxattr(fd, name, value)
		if err != nil {
			continue
		}
		if records == nil {
			records = map[string]string{}
		}
		records[attributeRecord+name] = string(value[:n])
	}
	return records
}

// setAttributes restores them where the file system has attributes.
func setAttributes(fd int, records map[string]string) {
	for key, value := range records {
		name, found := strings.CutPrefix(key, attributeRecord)
		if found && strings.HasPrefix(name, userAttribute) {
			_ = unix.Fsetxattr(fd, name, []byte(value), 0)
		}
	}
}
