package archive

import (
	"dev.warren/bridge/internal/files/at"
	"golang.org/x/sys/unix"
)

// A directory that others keep filling is given up after so many passes.
const movePasses = 100

// moveAll moves every entry of from into to, but for the staging directory itself. What stands in
// the way, as others made it meanwhile, goes to spare.
func (s *staging) moveAll(from, to, spare int) error {
	for range movePasses {
		moved := 0
		err := at.Scan(from, func(name []byte) error {
			if string(name) == s.name {
				return nil
			}
			moved++
			return s.move(from, string(name), to, spare)
		})
		if err != nil || moved == 0 {
			return err
		}
	}
	return unix.EBUSY
}

func (s *staging) move(from int, name string, to, spare int) error {
	err := renameNew(from, name, to, name)
	if err == unix.EEXIST {
		if err = renameNew(to, name, spare, at.RandomName(at.TempPrefix)); err == nil {
			err = renameNew(from, name, to, name)
		}
	}
	if err == unix.ENOENT {
		return nil // gone by itself
	}
	if err != nil {
		return err
	}
	return s.step("moved " + name)
}

func renameNew(from int, name string, to int, newName string) error {
	err := unix.Renameat2(from, name, to, newName, unix.RENAME_NOREPLACE)
	if err != unix.EINVAL && err != unix.ENOSYS {
		return err
	}
	// A file system without the flag: nobody but us works in these directories, or nearly so.
	if _, err := at.Lstat(to, newName); err == nil {
		return unix.EEXIST
	}
	return unix.Renameat(from, name, to, newName)
}
