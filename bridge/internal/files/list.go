package files

import (
	"context"

	"dev.warren/bridge/internal/bridgepb"
)

const (
	defaultPage = 1000
	maxPage     = 10_000
)

// ListDir answers one page. Pages are cut by names, not by positions: what comes and goes between
// two pages neither repeats nor hides other entries.
func (s *Service) ListDir(ctx context.Context, req *bridgepb.ListDirRequest) (*bridgepb.ListDirResponse, error) {
	resp, err := s.listDir(ctx, req)
	if err != nil {
		return nil, fail("list", req.GetPath(), err)
	}
	return resp, nil
}

func (s *Service) listDir(ctx context.Context, req *bridgepb.ListDirRequest) (*bridgepb.ListDirResponse, error) {
	start, err := parseCursor(req.GetCursor())
	if err != nil {
		return nil, err
	}
	tree, err := s.tree(req.GetNoFollow())
	if err != nil {
		return nil, err
	}
	defer tree.Close()
	dir, err := tree.OpenDir(req.GetPath())
	if err != nil {
		return nil, err
	}
	l := &lister{
		ctx:       ctx,
		recursive: req.GetRecursive(),
		threshold: int64(req.GetCollapseThreshold()),
		limit:     int(min(orDefault(req.GetPageSize(), defaultPage), maxPage)),
		resp:      &bridgepb.ListDirResponse{},
	}
	return l.page(dir, start)
}
