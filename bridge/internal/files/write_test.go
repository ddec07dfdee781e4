package files

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"dev.warren/bridge/internal/bridgepb"
	"golang.org/x/sys/unix"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
)

func (s *sandbox) write(path, content string, o *bridgepb.WriteOptions, opts ...grpc.CallOption) (*bridgepb.FileEntry, error) {
	resp, err := s.WriteFile(s.ctx, &bridgepb.WriteFileRequest{Path: path, Content: []byte(content), Options: o}, opts...)
	return resp.GetEntry(), err
}

func (s *sandbox) writeFails(path string, o *bridgepb.WriteOptions, code codes.Code, reason string) {
	s.t.Helper()
	fails(s.t, code, reason, func(opts ...grpc.CallOption) error {
		_, err := s.write(path, "new", o, opts...)
		return err
	})
}

func mode(t *testing.T, path string) os.FileMode {
	t.Helper()
	info, err := os.Lstat(path)
	must(t, err)
	return info.Mode()
}

func TestWriteMakesAFileOfMode0644WhateverTheUmask(t *testing.T) {
	t.Parallel()
	s := start(t)
	entry, err := s.write("f", "content", nil)
	must(t, err)
	s.holds("f", "content")
	if entry.GetPath() != "f" || entry.GetSize() != 7 || entry.GetMode() != 0o644 || entry.GetRevision() == "" {
		t.Errorf("entry %v", entry)
	}
	stat, err := s.Stat(s.ctx, &bridgepb.StatRequest{Path: "f"})
	must(t, err)
	if !proto.Equal(stat.GetEntry(), entry) {
		t.Errorf("the answer %v differs from what Stat says: %v", entry, stat.GetEntry())
	}
	s.names("", "f")
}

func TestWriteTakesEmptyContent(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("f", "old")
	_, err := s.write("f", "", nil)
	must(t, err)
	s.holds("f", "")
}

func TestWriteKeepsModeOwnerAndAttributesOfTheFile(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("f", "old")
	must(t, os.Chmod(s.path("f"), 0o751))
	attributes := unix.Setxattr(s.path("f"), "user.note", []byte("kept"), 0) == nil
	root := os.Geteuid() == 0
	if root {
		must(t, os.Chown(s.path("f"), 1234, 4321))
	}
	entry, err := s.write("f", "new", nil)
	must(t, err)
	s.holds("f", "new")
	if entry.GetMode() != 0o751 {
		t.Errorf("mode %o", entry.GetMode())
	}
	if root && (entry.GetUid() != 1234 || entry.GetGid() != 4321) {
		t.Errorf("owner %d:%d", entry.GetUid(), entry.GetGid())
	}
	value := make([]byte, 10)
	if n, err := unix.Getxattr(s.path("f"), "user.note", value); attributes && string(value[:max(n, 0)]) != "kept" {
		t.Errorf("attribute %q, %v", value, err)
	}
}

func TestWriteSetsAnExplicitMode(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("f", "old")
	_, err := s.write("f", "new", &bridgepb.WriteOptions{Mode: proto.Uint32(0o4755)})
	must(t, err)
	if got := mode(t, s.path("f")); got != 0o755|os.ModeSetuid {
		t.Errorf("mode %v", got)
	}
	s.writeFails("f", &bridgepb.WriteOptions{Mode: proto.Uint32(0o40755)}, codes.InvalidArgument, "")
}

func TestWriteThroughALinkReplacesTheFileItLeadsTo(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("d/target", "old")
	s.link("d/target", "one")
	s.link("one", "two")
	s.link(s.path("d/fresh"), "dangling")
	for _, name := range []string{"two", "dangling"} {
		_, err := s.write(name, "new", nil)
		must(t, err)
		if mode(t, s.path(name))&os.ModeSymlink == 0 {
			t.Errorf("%s is no link any more", name)
		}
	}
	s.holds("d/target", "new")
	s.holds("d/fresh", "new")
	s.link("circle", "circle")
	s.writeFails("circle", nil, codes.FailedPrecondition, "SYMLINK")
}

func TestWriteRefusesWhatIsNoRegularFile(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.dir("d")
	must(t, unix.Mkfifo(s.path("pipe"), 0o644))
	s.put("f", "x")
	s.writeFails("d", nil, codes.InvalidArgument, "IS_DIRECTORY")
	s.writeFails("f/", nil, codes.InvalidArgument, "IS_DIRECTORY")
	s.writeFails("pipe", nil, codes.InvalidArgument, "NOT_REGULAR")
	s.writeFails("/dev/null", nil, codes.InvalidArgument, "NOT_REGULAR")
	s.writeFails("f/below", nil, codes.InvalidArgument, "NOT_DIRECTORY")
	s.writeFails("", nil, codes.InvalidArgument, "")
	s.writeFails("d/..", nil, codes.InvalidArgument, "")
	s.writeFails("a\x00b", nil, codes.InvalidArgument, "")
	s.writeFails(strings.Repeat("x", 256), nil, codes.InvalidArgument, "")
	s.writeFails(strings.Repeat("x/", 3000), nil, codes.InvalidArgument, "")
	s.names("", "d", "f", "pipe")
}

func TestWriteMakesParentsOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.writeFails("a/b/f", nil, codes.NotFound, "")
	s.absent("a")
	_, err := s.write("a/b/f", "x", &bridgepb.WriteOptions{CreateParents: true})
	must(t, err)
	s.holds("a/b/f", "x")
}

func TestWriteDemandsTheExpectedRevision(t *testing.T) {
	t.Parallel()
	s := start(t)
	first, err := s.write("f", "one", nil)
	must(t, err)
	second, err := s.write("f", "two", &bridgepb.WriteOptions{ExpectedRevision: first.GetRevision()})
	must(t, err)
	s.writeFails("f", &bridgepb.WriteOptions{ExpectedRevision: first.GetRevision()}, codes.Aborted, "STALE_REVISION")
	s.holds("f", "two")
	must(t, os.Remove(s.path("f")))
	s.writeFails("f", &bridgepb.WriteOptions{ExpectedRevision: second.GetRevision()}, codes.Aborted, "STALE_REVISION")
	s.names("")
}

func TestOfWritersWithOneRevisionOneWins(t *testing.T) {
	t.Parallel()
	s := start(t)
	for round := range 10 {
		base, err := s.write("f", fmt.Sprint("base", round), nil)
		must(t, err)
		var group sync.WaitGroup
		won := make([]bool, 8)
		for i := range won {
			group.Go(func() {
				_, err := s.write("f", fmt.Sprint(i), &bridgepb.WriteOptions{ExpectedRevision: base.GetRevision()})
				won[i] = err == nil
			})
		}
		group.Wait()
		winners := 0
		for i, ok := range won {
			if ok {
				winners++
				s.holds("f", fmt.Sprint(i))
			}
		}
		if winners != 1 {
			t.Errorf("%d writers won", winners)
		}
	}
	s.names("", "f")
}

func TestWriteMustNotExist(t *testing.T) {
	t.Parallel()
	s := start(t)
	only := &bridgepb.WriteOptions{MustNotExist: true}
	_, err := s.write("f", "mine", only)
	must(t, err)
	s.link("nowhere", "dangling")
	for _, name := range []string{"f", "dangling"} {
		s.writeFails(name, only, codes.AlreadyExists, "")
	}
	s.holds("f", "mine")
	s.names("", "dangling", "f")
	s.writeFails("f", &bridgepb.WriteOptions{MustNotExist: true, ExpectedRevision: "x"}, codes.InvalidArgument, "")
}

func TestWriteBreaksHardLinks(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("f", "old")
	must(t, os.Link(s.path("f"), s.path("other")))
	_, err := s.write("f", "new", nil)
	must(t, err)
	s.holds("f", "new")
	s.holds("other", "old")
}

func header(path string) *bridgepb.WriteRawRequest {
	h := &bridgepb.WriteRawHeader{Path: path}
	return &bridgepb.WriteRawRequest{Frame: &bridgepb.WriteRawRequest_Header{Header: h}}
}

func data(content string) *bridgepb.WriteRawRequest {
	return &bridgepb.WriteRawRequest{Frame: &bridgepb.WriteRawRequest_Data{Data: []byte(content)}}
}

func commit(bytes int64) *bridgepb.WriteRawRequest {
	c := &bridgepb.Commit{Bytes: bytes}
	return &bridgepb.WriteRawRequest{Frame: &bridgepb.WriteRawRequest_Commit{Commit: c}}
}

func TestWriteRawReplacesOnCommit(t *testing.T) {
	t.Parallel()
	s := start(t)
	entry, err := s.writeRaw(header("f"), data("a\x00"), data("\xff"), commit(3))
	must(t, err)
	s.holds("f", "a\x00\xff")
	if entry.GetSize() != 3 {
		t.Errorf("entry %v", entry)
	}
	_, err = s.writeRaw(header("f"), commit(0))
	must(t, err)
	s.holds("f", "")
}

func TestWriteRawLeavesTheTargetAloneWithoutItsCommit(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		frames []*bridgepb.WriteRawRequest
		code   codes.Code
	}{
		"no commit":       {[]*bridgepb.WriteRawRequest{header("f"), data("new")}, codes.Aborted},
		"too few bytes":   {[]*bridgepb.WriteRawRequest{header("f"), data("new"), commit(4)}, codes.Aborted},
		"too many bytes":  {[]*bridgepb.WriteRawRequest{header("f"), data("new"), commit(2)}, codes.Aborted},
		"no header":       {[]*bridgepb.WriteRawRequest{data("new"), commit(3)}, codes.InvalidArgument},
		"second header":   {[]*bridgepb.WriteRawRequest{header("f"), header("f"), commit(0)}, codes.InvalidArgument},
		"an empty frame":  {[]*bridgepb.WriteRawRequest{header("f"), {}, commit(0)}, codes.InvalidArgument},
		"nothing at all":  {nil, codes.Aborted},
		"missing parents": {[]*bridgepb.WriteRawRequest{header("none/f"), data("new"), commit(3)}, codes.NotFound},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			s.put("f", "old")
			_, err := s.writeRaw(c.frames...)
			wantCode(t, err, c.code)
			s.holds("f", "old")
			s.names("", "f")
		})
	}
}
