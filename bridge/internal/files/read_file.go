package files

import (
	"context"
	"io"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/files/lines"
)

const (
	defaultLines     = 2000
	defaultBytes     = 64 << 10
	defaultLineChars = 2000
	// Keeps an answer below the message limit of gRPC; who wants more asks for the next lines.
	maxContentBytes = 2 << 20
)

// ReadFile answers one page of lines. It holds that page and one line, whatever the file is like.
func (s *Service) ReadFile(ctx context.Context, req *bridgepb.ReadFileRequest) (*bridgepb.ReadFileResponse, error) {
	resp, err := s.readFile(ctx, req)
	if err != nil {
		return nil, fail("read", req.GetPath(), err)
	}
	return resp, nil
}

func (s *Service) readFile(ctx context.Context, req *bridgepb.ReadFileRequest) (*bridgepb.ReadFileResponse, error) {
	if req.GetFirstLine() < 0 {
		return nil, invalid("read", req.GetPath(), "first line %d must not be negative", req.GetFirstLine())
	}
	file, st, err := s.openRegular(req.GetPath(), nil)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	window := windowOf(req)
	page, err := lines.Read(ctx, io.LimitReader(file, readLimit(&st)), window)
	if err != nil {
		return nil, err
	}
	return &bridgepb.ReadFileResponse{
		Content:    page.Content,
		FirstLine:  window.First,
		Lines:      page.Lines,
		TotalLines: page.Total,
		Binary:     page.Binary,
		More:       page.Total-page.Lines > window.First-1,
		CutLines:   page.CutLines,
		Entry:      entryOf(req.GetPath(), &st),
	}, nil
}

func windowOf(req *bridgepb.ReadFileRequest) lines.Window {
	maxBytes := orDefault(req.GetMaxBytes(), defaultBytes)
	return lines.Window{
		First:    max(req.GetFirstLine(), 1),
		MaxLines: int64(orDefault(req.GetMaxLines(), defaultLines)),
		MaxBytes: int(min(maxBytes, maxContentBytes)),
		MaxChars: int(min(orDefault(req.GetMaxLineChars(), defaultLineChars), maxContentBytes)),
	}
}

func orDefault(value, ifZero uint32) uint32 {
	if value == 0 {
		return ifZero
	}
	return value
}
