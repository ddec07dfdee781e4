package files

import (
	"context"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/files/at"
	"dev.warren/bridge/internal/files/replace"
)

// pending is a write under way.
type pending struct {
	path  string
	place at.Place
	file  *replace.File
}

func (s *Service) beginWrite(path string, o *bridgepb.WriteOptions) (*pending, error) {
	if o.GetMustNotExist() && o.GetExpectedRevision() != "" {
		return nil, invalid("write", path, "must_not_exist and expected_revision exclude each other")
	}
	if o.Mode != nil && *o.Mode > 0o7777 {
		return nil, invalid("write", path, "mode %#o has bits beyond 07777", *o.Mode)
	}
	tree, err := s.tree(o.GetNoFollow())
	if err != nil {
		return nil, err
	}
	defer tree.Close()
	find := tree.Target
	if o.GetMustNotExist() {
		find = tree.Place // as with O_EXCL, a link counts as something
	}
	place, err := find(path, o.GetCreateParents())
	if err != nil {
		return nil, err
	}
	file, err := replace.Begin(place, replace.Options{
		Path: path, Mode: o.Mode, Expected: o.GetExpectedRevision(), MustNotExist: o.GetMustNotExist(),
	})
	if err != nil {
		place.Close()
		return nil, err
	}
	return &pending{path: path, place: place, file: file}, nil
}

func (p *pending) close() {
	p.file.Abort()
	p.place.Close()
}

func (s *Service) commit(p *pending) (*bridgepb.FileEntry, error) {
	st, err := p.file.Commit(&s.locks)
	if err != nil {
		return nil, err
	}
	return entryOf(p.path, &st), nil
}

// WriteFile replaces a file; see package replace for what that means.
func (s *Service) WriteFile(ctx context.Context, req *bridgepb.WriteFileRequest) (*bridgepb.WriteFileResponse, error) {
	entry, err := s.writeFile(ctx, req)
	if err != nil {
		return nil, fail("write", req.GetPath(), err)
	}
	return &bridgepb.WriteFileResponse{Entry: entry}, nil
}

func (s *Service) writeFile(ctx context.Context, req *bridgepb.WriteFileRequest) (*bridgepb.FileEntry, error) {
	options := req.GetOptions()
	if options == nil {
		options = &bridgepb.WriteOptions{}
	}
	p, err := s.beginWrite(req.GetPath(), options)
	if err != nil {
		return nil, err
	}
	defer p.close()
	if _, err := p.file.Write(req.GetContent()); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err // a caller who has gone does not expect the write any more
	}
	return s.commit(p)
}
