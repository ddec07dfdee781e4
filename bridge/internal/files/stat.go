package files

import (
	"context"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/files/at"
)

// Stat describes one entry. In the no-follow form a final link is described, or refused if it was
// to be followed.
func (s *Service) Stat(_ context.Context, req *bridgepb.StatRequest) (*bridgepb.StatResponse, error) {
	entry, err := s.stat(req)
	if err != nil {
		return nil, fail("stat", req.GetPath(), err)
	}
	return &bridgepb.StatResponse{Entry: entry}, nil
}

func (s *Service) stat(req *bridgepb.StatRequest) (*bridgepb.FileEntry, error) {
	tree, err := s.tree(req.GetNoFollow())
	if err != nil {
		return nil, err
	}
	defer tree.Close()
	fd, err := tree.OpenPath(req.GetPath(), req.GetFollow())
	if err != nil {
		return nil, err
	}
	defer at.Close(fd)
	st, err := at.Fstat(fd)
	if err != nil {
		return nil, err
	}
	if tree.Confined() && req.GetFollow() && isLink(&st) {
		return nil, errLink
	}
	entry := entryOf(req.GetPath(), &st)
	if isLink(&st) {
		if target, err := at.Readlink(fd, ""); err == nil {
			entry.LinkTarget = valid(target)
		}
	}
	return entry, nil
}
