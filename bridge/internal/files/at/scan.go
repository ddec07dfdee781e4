package at

import (
	"bytes"
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// linux_dirent64: inode 8, offset 8, record length 2, type 1, then the name and its NUL.
const (
	direntLength = 16
	direntName   = 19
	scanBuffer   = 64 << 10
)

// Scan calls visit for every name in the open directory, from its start, but for "." and "..".
// The bytes are only valid during the call.
func Scan(dir int, visit func(name []byte) error) error {
	if _, err := unix.Seek(dir, 0, 0); err != nil {
		return err
	}
	buf := make([]byte, scanBuffer)
	for {
		n, err := unix.Getdents(dir, buf)
		if err == unix.EINTR {
			continue
		}
		if err == unix.ENOENT { // the directory was removed
			return nil
		}
		if err != nil || n <= 0 {
			return err
		}
		if err := visitRecords(buf[:n], visit); err != nil {
			return err
		}
	}
}

func visitRecords(buf []byte, visit func(name []byte) error) error {
	for len(buf) > direntName {
		length := int(binary.NativeEndian.Uint16(buf[direntLength:]))
		name := buf[direntName:length]
		if end := bytes.IndexByte(name, 0); end >= 0 {
			name = name[:end]
		}
		buf = buf[length:]
		if s := string(name); s == "." || s == ".." {
			continue
		}
		if err := visit(name); err != nil {
			return err
		}
	}
	return nil
}

// Count counts the entries of an open directory.
func Count(dir int) (n int64, err error) {
	err = Scan(dir, func([]byte) error { n++; return nil })
	return n, err
}
