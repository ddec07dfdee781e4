package archive

import (
	"context"

	"dev.warren/bridge/internal/files/at"
	"dev.warren/bridge/internal/files/replace"
	"golang.org/x/sys/unix"
)

// Names inside a staging directory. Together they are its state, which survives a crash:
//
//	new           unpacking: the target is untouched             → discard
//	new, moving   the old entries leave the target for "moving"  → move them back, discard
//	new, old      all of them have left; the new ones move in    → move the rest in, discard
//	old           all new ones are in                            → discard
//
// Each state ends with one mkdir, rename or rmdir.
const (
	newName    = "new"
	movingName = "moving"
	oldName    = "old"
)

// staging is a hidden directory inside the target, so that everything is on one file system and the
// target itself, which may be a mount point, stays.
type staging struct {
	target int
	name   string
	dir    int
	step   func(string) error
}

func makeStaging(target int, step func(string) error) (*staging, error) {
	if step == nil {
		step = func(string) error { return nil }
	}
	s := &staging{target: target, name: at.RandomName(at.ImportPrefix), dir: -1, step: step}
	if err := unix.Mkdirat(target, s.name, openToOwnerOnly); err != nil {
		return nil, err
	}
	var err error
	if s.dir, err = openDir(target, s.name); err == nil {
		err = unix.Mkdirat(s.dir, newName, openToOwnerOnly)
	}
	if err != nil {
		s.discard()
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *staging) close() { at.Close(s.dir) }

func openDir(dir int, name string) (int, error) {
	return at.Open(dir, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
}

// discard removes the staging directory. What cannot be removed now is tried again by the next
// import; the content of the target is not affected.
func (s *staging) discard() {
	r := at.Remover{Ctx: context.Background(), Force: true}
	if s.dir >= 0 && r.All(s.dir, newName) != nil {
		return // "old" without "new" would mean that all new entries are in
	}
	_ = r.All(s.target, s.name)
}

func (s *staging) has(name string) bool {
	_, err := at.Lstat(s.dir, name)
	return err == nil
}

// swap moves the old entries out and the new ones in. On an error everything is back in its place.
func (s *staging) swap() error {
	err := s.moveOut()
	if err == nil {
		err = s.moveIn()
	}
	if err != nil {
		s.undo()
	}
	return err
}

func (s *staging) moveOut() error {
	if err := unix.Mkdirat(s.dir, movingName, openToOwnerOnly); err != nil {
		return err
	}
	if err := s.reached("moving made", s.dir); err != nil {
		return err
	}
	moving, err := openDir(s.dir, movingName)
	if err != nil {
		return err
	}
	defer at.Close(moving)
	if err := s.moveAll(s.target, moving, moving); err != nil {
		return err
	}
	if err := s.reached("all out", moving, s.target); err != nil {
		return err
	}
	if err := unix.Renameat(s.dir, movingName, s.dir, oldName); err != nil {
		return err
	}
	return s.reached("old settled", s.dir)
}

// moveIn is also how recovery ends a swap that had come this far.
func (s *staging) moveIn() error {
	fresh, err := openDir(s.dir, newName)
	if err != nil {
		return err
	}
	defer at.Close(fresh)
	old, err := openDir(s.dir, oldName)
	if err != nil {
		return err
	}
	defer at.Close(old)
	if err := s.moveAll(fresh, s.target, old); err != nil {
		return err
	}
	return s.reached("all in", s.target)
}

// undo returns to the state before moveOut, one recoverable state after the other. When even that
// fails the staging directory stays for recovery.
func (s *staging) undo() {
	if s.has(oldName) && s.unmoveIn() != nil {
		return
	}
	_ = s.unmoveOut()
}

func (s *staging) unmoveIn() error {
	fresh, err := openDir(s.dir, newName)
	if err != nil {
		return err
	}
	defer at.Close(fresh)
	if err := s.moveAll(s.target, fresh, fresh); err != nil {
		return err
	}
	replace.SyncDir(s.target)
	return unix.Renameat(s.dir, oldName, s.dir, movingName)
}

func (s *staging) unmoveOut() error {
	if !s.has(movingName) {
		return nil
	}
	moving, err := openDir(s.dir, movingName)
	if err != nil {
		return err
	}
	defer at.Close(moving)
	fresh, err := openDir(s.dir, newName)
	if err != nil {
		return err
	}
	defer at.Close(fresh)
	if err := s.moveAll(moving, s.target, fresh); err != nil {
		return err
	}
	replace.SyncDir(s.target)
	return unix.Unlinkat(s.dir, movingName, unix.AT_REMOVEDIR)
}

// reached makes a state durable before the next one begins.
func (s *staging) reached(state string, dirs ...int) error {
	for _, dir := range dirs {
		replace.SyncDir(dir)
	}
	return s.step(state)
}
