package archive

import (
	"dev.warren/bridge/internal/files/at"
	"golang.org/x/sys/unix"
)

// Recover finishes or undoes what imports into the top of tree left behind when the bridge died,
// and removes hidden files of writes. It looks at the names in that one directory only.
func Recover(tree *at.Tree) error {
	dir, err := tree.OpenDir("")
	if err != nil {
		return err
	}
	defer at.Close(dir)
	if err := recoverDir(dir); err != nil {
		return err
	}
	return removeTemps(dir)
}

func recoverDir(target int) error {
	for _, name := range ownNames(target, at.ImportPrefix) {
		s := &staging{target: target, name: name, step: func(string) error { return nil }}
		var err error
		if s.dir, err = openDir(target, name); err != nil {
			continue // not a directory: not ours
		}
		if s.trusted() {
			err = s.recover()
		}
		s.close()
		if err != nil {
			return err
		}
	}
	return nil
}

// trusted: in a directory that others may write to, they can plant a staging directory which tells
// us to move things about. Ours belongs to us and is closed to others.
func (s *staging) trusted() bool {
	st, err := at.Fstat(s.dir)
	return err == nil && int(st.Uid) == unix.Geteuid() && st.Mode&0o077 == 0
}

func (s *staging) recover() error {
	var err error
	switch {
	case s.has(movingName):
		err = s.unmoveOut()
	case s.has(oldName) && s.has(newName):
		err = s.moveIn()
	}
	if err == nil {
		s.discard()
	}
	return err
}

func removeTemps(dir int) error {
	for _, name := range ownNames(dir, at.TempPrefix) {
		st, err := at.Lstat(dir, name)
		if err == nil && at.Kind(&st) == unix.S_IFREG && int(st.Uid) == unix.Geteuid() {
			_ = unix.Unlinkat(dir, name, 0)
		}
	}
	return nil
}

const maxLeftovers = 1000 // of one crash there are few; this bounds memory, not the work

func ownNames(dir int, prefix string) (names []string) {
	_ = at.Scan(dir, func(name []byte) error {
		if len(names) < maxLeftovers && at.IsOwn(string(name), prefix) {
			names = append(names, string(name))
		}
		return nil
	})
	return names
}
