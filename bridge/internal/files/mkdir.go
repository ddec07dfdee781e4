package files

import (
	"context"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/files/at"
	"golang.org/x/sys/unix"
)

const errLink = unix.ELOOP

func isLink(st *unix.Stat_t) bool { return at.Kind(st) == unix.S_IFLNK }

// Mkdir makes a directory; with parents those that are missing get mode 0755.
func (s *Service) Mkdir(_ context.Context, req *bridgepb.MkdirRequest) (*bridgepb.MkdirResponse, error) {
	if err := s.mkdir(req); err != nil {
		return nil, fail("mkdir", req.GetPath(), err)
	}
	return &bridgepb.MkdirResponse{}, nil
}

func (s *Service) mkdir(req *bridgepb.MkdirRequest) error {
	tree, err := s.tree(req.GetNoFollow())
	if err != nil {
		return err
	}
	defer tree.Close()
	// Asking first also covers "", "/", "." and "..", which name no entry that could be made.
	existing, err := tree.OpenPath(req.GetPath(), true)
	if err == nil {
		defer at.Close(existing)
		return existingDir(existing, req.GetParents())
	}
	if err != unix.ENOENT {
		return err
	}
	place, err := tree.Place(req.GetPath(), req.GetParents())
	if err != nil {
		return err
	}
	defer place.Close()
	err = at.Mkdir(place, req.Mode)
	if err == unix.EEXIST && req.GetParents() {
		st, statErr := at.Lstat(place.Dir, place.Name)
		if statErr == nil && at.IsDir(&st) {
			return nil // made by somebody else just now
		}
	}
	return err
}

func existingDir(fd int, parents bool) error {
	st, err := at.Fstat(fd)
	switch {
	case err != nil:
		return err
	case parents && at.IsDir(&st):
		return nil
	case isLink(&st):
		return errLink // no-follow form
	}
	return unix.EEXIST
}
