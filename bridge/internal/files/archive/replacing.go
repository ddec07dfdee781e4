package archive

import (
	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/files/at"
	"dev.warren/bridge/internal/files/replace"
	"golang.org/x/sys/unix"
)

// replace unpacks into a staging directory and swaps only after the commit.
func (im *Importer) replace(u *unpacker, target int, source *Source, h *bridgepb.ImportHeader) error {
	defer u.close()
	before, err := at.Fstat(target)
	if err != nil {
		return err
	}
	s, err := makeStaging(target, im.step)
	if err != nil {
		return err
	}
	defer s.close()
	if err = unpackNew(u, s, source, h); err == nil {
		err = s.swap()
	}
	if err == nil {
		err = u.dressTop(target)
		if err != nil {
			s.undo()
		}
	}
	if err == nil || !s.pending() {
		s.discard()
	}
	if err != nil {
		restoreLooks(target, &before)
		return err
	}
	_ = u.dressTop(target) // its time once more: the staging directory has left it just now
	replace.SyncDir(target)
	return nil
}

// pending: even the way back failed. Recovery needs what is there.
func (s *staging) pending() bool { return s.has(movingName) || s.has(oldName) }

func unpackNew(u *unpacker, s *staging, source *Source, h *bridgepb.ImportHeader) error {
	fresh, err := openDir(s.dir, newName)
	if err != nil {
		return err
	}
	defer at.Close(fresh)
	u.staging = true
	if err := u.into(fresh, source, h); err != nil {
		return err
	}
	if err := u.finish(true); err != nil {
		return err
	}
	if err := u.ctx.Err(); err != nil {
		return err
	}
	if err := s.step("unpacked"); err != nil {
		return err
	}
	return syncTree(fresh)
}

// dressTop gives the target and its own children what the swap had to put off. A crash just before
// leaves the content complete and the target with the mode it had.
func (u *unpacker) dressTop(target int) error {
	own, err := at.Open(target, ".", unix.O_PATH|unix.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	tree := at.Beneath(own, u.beneath)
	defer tree.Close()
	return u.finishTop(tree)
}

// restoreLooks: a failed import leaves no trace, not even in the time and mode of the target.
func restoreLooks(target int, before *unix.Stat_t) {
	_ = unix.Fchmod(target, before.Mode&0o7777)
	_ = unix.UtimesNanoAt(target, "", []unix.Timespec{before.Atim, before.Mtim}, unix.AT_EMPTY_PATH)
}
