package files

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dev.warren/bridge/internal/bridgepb"
	"golang.org/x/sys/unix"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
)

func (s *sandbox) mkdirFails(req *bridgepb.MkdirRequest, code codes.Code, reason string) {
	s.t.Helper()
	fails(s.t, code, reason, func(opts ...grpc.CallOption) error {
		_, err := s.Mkdir(s.ctx, req, opts...)
		return err
	})
}

func (s *sandbox) renameFails(req *bridgepb.RenameRequest, code codes.Code, reason string) {
	s.t.Helper()
	fails(s.t, code, reason, func(opts ...grpc.CallOption) error {
		_, err := s.Rename(s.ctx, req, opts...)
		return err
	})
}

func (s *sandbox) deleteFails(req *bridgepb.DeleteFileRequest, code codes.Code, reason string) {
	s.t.Helper()
	fails(s.t, code, reason, func(opts ...grpc.CallOption) error {
		_, err := s.DeleteFile(s.ctx, req, opts...)
		return err
	})
}

func (s *sandbox) delete(path string, recursive, existed bool) {
	s.t.Helper()
	resp, err := s.DeleteFile(s.ctx, &bridgepb.DeleteFileRequest{Path: path, Recursive: recursive})
	if err != nil || resp.GetExisted() != existed {
		s.t.Errorf("delete %s: %v, %v", path, resp, err)
	}
}

func TestStatDescribesTheEntryOrWhatItLeadsTo(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("f", "12345")
	s.link("f", "l")
	stat := func(path string, follow bool) *bridgepb.FileEntry {
		resp, err := s.Stat(s.ctx, &bridgepb.StatRequest{Path: path, Follow: follow})
		must(t, err)
		return resp.GetEntry()
	}
	if e := stat("l", false); e.GetType() != bridgepb.FileType_FILE_TYPE_SYMLINK || e.GetLinkTarget() != "f" {
		t.Errorf("%v", e)
	}
	if e := stat("l", true); e.GetType() != bridgepb.FileType_FILE_TYPE_REGULAR || e.GetSize() != 5 || e.GetPath() != "l" {
		t.Errorf("%v", e)
	}
	for _, path := range []string{"", ".", "/", s.root, "../" + filepath.Base(s.root)} {
		if e := stat(path, false); e.GetType() != bridgepb.FileType_FILE_TYPE_DIRECTORY {
			t.Errorf("%q: %v", path, e)
		}
	}
	if a, b := stat("f", false), stat("f", true); a.GetRevision() != b.GetRevision() {
		t.Error("two revisions of one state")
	}
	before := stat("f", false)
	must(t, os.Chmod(s.path("f"), 0o600))
	if stat("f", false).GetRevision() == before.GetRevision() {
		t.Error("a change of the mode is no change of the revision")
	}
	_, err := s.Stat(s.ctx, &bridgepb.StatRequest{Path: "none"})
	wantCode(t, err, codes.NotFound)
}

func TestMkdir(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("f", "")
	s.link("none", "dangling")
	_, err := s.Mkdir(s.ctx, &bridgepb.MkdirRequest{Path: "d", Mode: proto.Uint32(0o2777)})
	must(t, err)
	if got := mode(t, s.path("d")); got != os.ModeDir|os.ModeSetgid|0o777 {
		t.Errorf("mode %v", got)
	}
	s.mkdirFails(&bridgepb.MkdirRequest{Path: "d"}, codes.AlreadyExists, "")
	s.mkdirFails(&bridgepb.MkdirRequest{Path: "f", Parents: true}, codes.AlreadyExists, "")
	s.mkdirFails(&bridgepb.MkdirRequest{Path: "dangling"}, codes.AlreadyExists, "")
	s.mkdirFails(&bridgepb.MkdirRequest{Path: "a/b"}, codes.NotFound, "")
	s.mkdirFails(&bridgepb.MkdirRequest{Path: "f/b", Parents: true}, codes.InvalidArgument, "NOT_DIRECTORY")
	for range 2 {
		_, err = s.Mkdir(s.ctx, &bridgepb.MkdirRequest{Path: "a/b/c/", Parents: true})
		must(t, err)
	}
	_, err = s.Mkdir(s.ctx, &bridgepb.MkdirRequest{Parents: true})
	must(t, err)
	s.names("a/b", "c")
}

func TestRename(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("f", "f")
	s.put("g", "g")
	s.dir("empty")
	s.put("full/x", "")
	s.renameFails(&bridgepb.RenameRequest{From: "none", To: "x/y", CreateParents: true}, codes.NotFound, "")
	s.absent("x")
	s.renameFails(&bridgepb.RenameRequest{From: "f", To: "g"}, codes.AlreadyExists, "")
	s.renameFails(&bridgepb.RenameRequest{From: "f", To: "x/y"}, codes.NotFound, "")
	s.renameFails(&bridgepb.RenameRequest{From: "empty", To: "full", Replace: true}, codes.FailedPrecondition, "NOT_EMPTY")
	s.renameFails(&bridgepb.RenameRequest{From: "f", To: "empty", Replace: true}, codes.InvalidArgument, "IS_DIRECTORY")
	s.renameFails(&bridgepb.RenameRequest{From: "empty", To: "f", Replace: true}, codes.InvalidArgument, "NOT_DIRECTORY")
	for _, replace := range []bool{false, true} {
		s.renameFails(&bridgepb.RenameRequest{From: "full", To: "full/sub", Replace: replace}, codes.InvalidArgument, "")
	}
	for _, from := range []string{"/", "", ".", "full/..", s.root, filepath.Dir(s.root)} {
		s.renameFails(&bridgepb.RenameRequest{From: from, To: "elsewhere"}, codes.InvalidArgument, "")
	}
	for _, req := range []*bridgepb.RenameRequest{
		{From: "f", To: "g", Replace: true}, {From: "g", To: "x/y", CreateParents: true}, {From: "full", To: "empty", Replace: true},
	} {
		_, err := s.Rename(s.ctx, req)
		must(t, err)
	}
	s.holds("x/y", "f")
	s.names("", "empty", "x")
}

func TestRenameMovesALinkItself(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("target", "kept")
	s.put("f", "f")
	s.link("target", "l")
	_, err := s.Rename(s.ctx, &bridgepb.RenameRequest{From: "l", To: "m"})
	must(t, err)
	_, err = s.Rename(s.ctx, &bridgepb.RenameRequest{From: "f", To: "m", Replace: true})
	must(t, err)
	s.holds("m", "f")
	s.holds("target", "kept")
}

func TestDelete(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("f", "")
	s.put("full/a/b/c", "")
	s.dir("empty")
	s.delete("none", false, false)
	s.delete("none/below", true, false)
	s.deleteFails(&bridgepb.DeleteFileRequest{Path: "full"}, codes.FailedPrecondition, "NOT_EMPTY")
	s.deleteFails(&bridgepb.DeleteFileRequest{Path: "f/"}, codes.InvalidArgument, "NOT_DIRECTORY")
	s.delete("f", false, true)
	s.delete("empty/", false, true)
	s.delete("full", true, true)
	s.names("")
}

func TestDeleteFollowsNoLink(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("kept/f", "kept")
	s.dir("tree/deep")
	s.link(s.path("kept"), "tree/deep/l")
	s.link("kept", "l")
	s.deleteFails(&bridgepb.DeleteFileRequest{Path: "l/", Recursive: true}, codes.InvalidArgument, "NOT_DIRECTORY")
	s.delete("l", true, true)
	s.delete("tree", true, true)
	s.holds("kept/f", "kept")
	s.names("", "kept")
}

func TestDeleteRefusesTheRootUnderAnyName(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("d/f", "kept")
	s.link(filepath.Dir(s.root), "up")
	base := filepath.Base(s.root)
	for _, path := range []string{
		"", "/", "//", ".", "./", "..", "d/..", "d/../", "d/.", "../" + base, s.root, s.root + "/", s.root + "//",
		"up/" + base, filepath.Dir(s.root), "/proc/self/root" + s.root,
	} {
		s.deleteFails(&bridgepb.DeleteFileRequest{Path: path, Recursive: true}, codes.InvalidArgument, "")
	}
	s.holds("d/f", "kept")
}

func TestDeleteOfTreesDeeperThanAnyPath(t *testing.T) {
	t.Parallel()
	s := start(t)
	fd, err := unix.Open(s.root, unix.O_DIRECTORY|unix.O_RDONLY, 0)
	must(t, err)
	for range 5000 {
		must(t, unix.Mkdirat(fd, "d", 0o755))
		next, err := unix.Openat(fd, "d", unix.O_DIRECTORY|unix.O_RDONLY, 0)
		must(t, err)
		unix.Close(fd)
		fd = next
	}
	unix.Close(fd)
	all, unreadable := s.pages(&bridgepb.ListDirRequest{Recursive: true, PageSize: 100}, nil)
	if len(all) != maxDepth || len(unreadable) != 1 || !strings.HasPrefix(unreadable[0], "d/d/d/") {
		t.Errorf("%d listed, %d unreadable", len(all), len(unreadable))
	}
	s.delete("d", true, true)
	s.names("")
}
