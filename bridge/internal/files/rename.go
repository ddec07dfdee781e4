package files

import (
	"context"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"dev.warren/bridge/internal/files/at"
	"dev.warren/bridge/internal/files/replace"
	"golang.org/x/sys/unix"
	"google.golang.org/grpc/codes"
)

// Rename moves the entry itself: neither end follows a final link.
func (s *Service) Rename(_ context.Context, req *bridgepb.RenameRequest) (*bridgepb.RenameResponse, error) {
	if err := s.rename(req); err != nil {
		return nil, renameFailure(req, err)
	}
	return &bridgepb.RenameResponse{}, nil
}

func (s *Service) rename(req *bridgepb.RenameRequest) error {
	tree, err := s.tree(req.GetNoFollow())
	if err != nil {
		return err
	}
	defer tree.Close()
	from, err := tree.Place(req.GetFrom(), false)
	if err != nil {
		return err
	}
	defer from.Close()
	// Before anything is made for the target.
	st, err := from.Lstat()
	if err != nil {
		return err
	}
	if err := s.guard("rename", req.GetFrom(), &st); err != nil {
		return err
	}
	to, err := tree.Place(req.GetTo(), req.GetCreateParents())
	if err != nil {
		return err
	}
	defer to.Close()
	if to.DirOnly && !at.IsDir(&st) {
		return unix.ENOTDIR
	}
	if over, err := to.Lstat(); err == nil {
		if err := s.guard("rename over", req.GetTo(), &over); err != nil {
			return err
		}
	}
	return s.renamePlaces(from, to, req.GetReplace())
}

func (s *Service) renamePlaces(from, to at.Place, replaceTarget bool) error {
	defer s.locks.Lock(to)()
	move := renameNew
	if replaceTarget {
		move = renameOver
	}
	if err := move(from, to); err != nil {
		return err
	}
	replace.SyncDir(to.Dir)
	replace.SyncDir(from.Dir)
	return nil
}

func renameOver(from, to at.Place) error {
	err := unix.Renameat(from.Dir, from.Name, to.Dir, to.Name)
	if err == unix.EEXIST {
		err = unix.ENOTEMPTY // POSIX lets a file system choose between the two
	}
	return err
}

func renameNew(from, to at.Place) error {
	err := unix.Renameat2(from.Dir, from.Name, to.Dir, to.Name, unix.RENAME_NOREPLACE)
	if err != unix.EINVAL && err != unix.ENOSYS {
		return err
	}
	// Either a move into itself, which fails again below, or a file system without this flag. There
	// the check and the rename are two steps, and another process may come between them.
	if _, err := at.Lstat(to.Dir, to.Name); err == nil {
		return unix.EEXIST
	}
	return renameOver(from, to)
}

func renameFailure(req *bridgepb.RenameRequest, err error) error {
	path := display(req.GetFrom()) + " to " + display(req.GetTo())
	switch err {
	case unix.EXDEV:
		return fault.New(codes.FailedPrecondition, noReason,
			"rename %s: the two are on different file systems; copy and delete instead", path)
	case unix.EINVAL:
		return fault.New(codes.InvalidArgument, noReason,
			"rename %s: a directory cannot be moved into itself", path)
	}
	return fail("rename", path, err)
}
