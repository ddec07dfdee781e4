package archive

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"hash"
	"io"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"google.golang.org/grpc/codes"
)

// Frame is a piece of the archive, or its end.
type Frame struct {
	Data   []byte
	Commit *bridgepb.ImportCommit
}

// Source reads the archive out of frames and ends with io.EOF only at a commit that matches.
type Source struct {
	next  func() (Frame, error)
	rest  []byte
	total int64
	sum   hash.Hash
	err   error // sticky
}

// NewSource reads from next, which ends with io.EOF when the sender stops.
func NewSource(next func() (Frame, error)) *Source {
	return &Source{next: next, sum: sha256.New()}
}

func (s *Source) Read(p []byte) (int, error) {
	for len(s.rest) == 0 {
		if s.err == nil {
			s.err = s.advance()
		}
		if s.err != nil {
			return 0, s.err
		}
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

func (s *Source) advance() error {
	frame, err := s.next()
	switch {
	case errors.Is(err, io.EOF):
		return fault.New(codes.Aborted, bridgepb.Reason_REASON_TRUNCATED,
			"import: the stream ended after %d bytes, before its commit", s.total)
	case err != nil:
		return err
	case frame.Commit != nil:
		return s.settle(frame.Commit)
	}
	s.rest = frame.Data
	s.total += int64(len(frame.Data))
	s.sum.Write(frame.Data)
	return nil
}

func (s *Source) settle(commit *bridgepb.ImportCommit) error {
	if commit.GetBytes() != s.total {
		return fault.New(codes.Aborted, bridgepb.Reason_REASON_TRUNCATED,
			"import: received %d bytes, the commit says %d", s.total, commit.GetBytes())
	}
	if want := commit.GetSha256(); len(want) > 0 && !bytes.Equal(want, s.sum.Sum(nil)) {
		return bad("the archive has another SHA-256 than its commit says; it was damaged on the way")
	}
	return io.EOF
}

// finish passes over what is left and demands the commit.
func (s *Source) finish() error {
	if _, err := io.Copy(io.Discard, s); err != nil {
		return err
	}
	return nil
}

// broken is what went wrong with the stream itself, which matters more than what the readers on top
// make of it.
func (s *Source) broken() error {
	if s.err == nil || errors.Is(s.err, io.EOF) {
		return nil
	}
	return s.err
}
