package files

import (
	"context"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/files/at"
	"golang.org/x/sys/unix"
)

// DeleteFile removes an entry, a final link as such.
func (s *Service) DeleteFile(ctx context.Context, req *bridgepb.DeleteFileRequest) (*bridgepb.DeleteFileResponse, error) {
	existed, err := s.delete(ctx, req)
	if err != nil {
		return nil, fail("delete", req.GetPath(), err)
	}
	return &bridgepb.DeleteFileResponse{Existed: existed}, nil
}

func (s *Service) delete(ctx context.Context, req *bridgepb.DeleteFileRequest) (bool, error) {
	tree, err := s.tree(req.GetNoFollow())
	if err != nil {
		return false, err
	}
	defer tree.Close()
	place, err := tree.Place(req.GetPath(), false)
	if err == unix.ENOENT {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer place.Close()
	st, err := place.Lstat()
	if err == unix.ENOENT {
		return false, nil
	}
	if err == nil {
		err = s.guard("delete", req.GetPath(), &st)
	}
	if err != nil {
		return false, err
	}
	return true, s.deletePlace(ctx, place, &st, req.GetRecursive())
}

func (s *Service) deletePlace(ctx context.Context, place at.Place, st *unix.Stat_t, recursive bool) error {
	defer s.locks.Lock(place)()
	if recursive {
		remover := at.Remover{Ctx: ctx}
		return remover.All(place.Dir, place.Name)
	}
	flags := 0
	if at.IsDir(st) {
		flags = unix.AT_REMOVEDIR
	}
	err := unix.Unlinkat(place.Dir, place.Name, flags)
	switch err {
	case unix.EEXIST:
		return unix.ENOTEMPTY
	case unix.ENOENT:
		return nil
	}
	return err
}

// guard refuses the root directory and whatever holds it, under any of their names.
func (s *Service) guard(op, path string, st *unix.Stat_t) error {
	if !at.IsDir(st) {
		return nil
	}
	fd, err := at.Open(unix.AT_FDCWD, s.root, unix.O_PATH|unix.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	for {
		held, err := at.Fstat(fd)
		if err != nil {
			at.Close(fd)
			return err
		}
		if at.SameFile(&held, st) {
			at.Close(fd)
			return invalid(op, path, "is the root directory of the bridge, or holds it")
		}
		parent, err := at.Open(fd, "..", unix.O_PATH|unix.O_DIRECTORY, 0)
		at.Close(fd)
		if err != nil {
			return err
		}
		up, err := at.Fstat(parent)
		if err != nil || at.SameFile(&up, &held) {
			at.Close(parent)
			return err
		}
		fd = parent
	}
}
