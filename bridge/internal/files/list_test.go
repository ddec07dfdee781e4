package files

import (
	"fmt"
	"os"
	"testing"

	"dev.warren/bridge/internal/bridgepb"
	"golang.org/x/sys/unix"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
)

func paths(entries []*bridgepb.FileEntry) (paths []string) {
	for _, e := range entries {
		paths = append(paths, e.GetPath())
	}
	return paths
}

// pages asks until the last page; between runs after each one.
func (s *sandbox) pages(req *bridgepb.ListDirRequest, between func()) (all []*bridgepb.FileEntry, unreadable []string) {
	s.t.Helper()
	for {
		resp, err := s.ListDir(s.ctx, req)
		must(s.t, err)
		if n := len(resp.GetEntries()); req.PageSize > 0 && n > int(req.PageSize) {
			s.t.Errorf("a page of %d entries", n)
		}
		all = append(all, resp.GetEntries()...)
		unreadable = append(unreadable, resp.GetUnreadable()...)
		if resp.GetNextCursor() == "" {
			return all, unreadable
		}
		req.Cursor = resp.GetNextCursor()
		if between != nil {
			between()
		}
	}
}

func sample(t *testing.T) (*sandbox, []string) {
	s := start(t)
	for _, f := range []string{"a/b/c", "a/b/d", "a.txt", "a/z", "b", "Z", "ä"} {
		s.put(f, f)
	}
	s.dir("a/empty")
	s.link("a", "loop")
	s.link("..", "a/up")
	// Bytewise per component: "a" comes before "a.txt", and all that is in it too.
	return s, []string{"Z", "a", "a/b", "a/b/c", "a/b/d", "a/empty", "a/up", "a/z", "a.txt", "b", "loop", "ä"}
}

func TestListIsSortedPerComponentAndFollowsNoLink(t *testing.T) {
	t.Parallel()
	s, want := sample(t)
	all, _ := s.pages(&bridgepb.ListDirRequest{Recursive: true}, nil)
	equal(t, paths(all), want)
	flat, _ := s.pages(&bridgepb.ListDirRequest{}, nil)
	equal(t, paths(flat), []string{"Z", "a", "a.txt", "b", "loop", "ä"})
	through, _ := s.pages(&bridgepb.ListDirRequest{Path: "loop/b"}, nil)
	equal(t, paths(through), []string{"c", "d"})
}

func TestPagesOfAnySizeMakeTheWhole(t *testing.T) {
	t.Parallel()
	s, want := sample(t)
	for size := range uint32(len(want) + 1) {
		all, _ := s.pages(&bridgepb.ListDirRequest{Recursive: true, PageSize: size + 1}, nil)
		equal(t, paths(all), want)
	}
}

func TestPagingSurvivesChanges(t *testing.T) {
	t.Parallel()
	s := start(t)
	for i := range 20 {
		s.put(fmt.Sprintf("d/%02d", i), "")
	}
	s.put("e/x", "")
	round := 0
	all, _ := s.pages(&bridgepb.ListDirRequest{Recursive: true, PageSize: 4}, func() {
		if round++; round == 2 { // d, 00 … 06 were shown
			s.put("d/000-late", "")
			s.put("d/07-late", "")
			must(t, os.Remove(s.path("d/06")))
			must(t, os.Remove(s.path("d/15")))
		}
		if round == 4 {
			must(t, os.RemoveAll(s.path("d")))
		}
	})
	equal(t, paths(all), []string{"d", "d/00", "d/01", "d/02", "d/03", "d/04", "d/05", "d/06",
		"d/07", "d/07-late", "d/08", "d/09", "d/10", "d/11", "d/12", "d/13", "e", "e/x"})
}

func TestLargeDirectoriesCollapseWithTheirCount(t *testing.T) {
	t.Parallel()
	s := start(t)
	for i := range 5 {
		s.put(fmt.Sprintf("modules/%d", i), "")
		s.put(fmt.Sprintf("src/%d", i%3), "")
	}
	for size := range uint32(6) {
		all, _ := s.pages(&bridgepb.ListDirRequest{Recursive: true, CollapseThreshold: 3, PageSize: size + 1}, nil)
		equal(t, paths(all), []string{"modules", "src", "src/0", "src/1", "src/2"})
		if all[0].CollapsedEntries == nil || all[0].GetCollapsedEntries() != 5 || all[1].CollapsedEntries != nil {
			t.Errorf("collapsed: %v, %v", all[0], all[1])
		}
	}
}

func TestListDescribesEntries(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("f", "12345")
	must(t, os.Chmod(s.path("f"), 0o711|os.ModeSetuid))
	s.dir("d")
	s.link("f", "l")
	must(t, unix.Mkfifo(s.path("p"), 0o600))
	s.put("bad\xff", "")
	all, _ := s.pages(&bridgepb.ListDirRequest{}, nil)
	equal(t, paths(all), []string{"bad\ufffd", "d", "f", "l", "p"})
	if string(all[0].GetRawPath()) != "bad\xff" || all[1].RawPath != nil {
		t.Errorf("raw paths %q %q", all[0].GetRawPath(), all[1].GetRawPath())
	}
	if all[2].GetMode() != 0o4711 || all[2].GetSize() != 5 || all[2].GetMtimeUnixNanos() == 0 {
		t.Errorf("file %v", all[2])
	}
	if all[3].GetLinkTarget() != "f" || all[3].GetType() != bridgepb.FileType_FILE_TYPE_SYMLINK ||
		all[4].GetType() != bridgepb.FileType_FILE_TYPE_OTHER || all[1].GetType() != bridgepb.FileType_FILE_TYPE_DIRECTORY {
		t.Errorf("types %v", all)
	}
}

func TestListFailsForWhatIsNoDirectory(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("f", "")
	list := func(req *bridgepb.ListDirRequest) func(...grpc.CallOption) error {
		return func(opts ...grpc.CallOption) error { _, err := s.ListDir(s.ctx, req, opts...); return err }
	}
	fails(t, codes.NotFound, "", list(&bridgepb.ListDirRequest{Path: "none", Recursive: true}))
	fails(t, codes.InvalidArgument, "NOT_DIRECTORY", list(&bridgepb.ListDirRequest{Path: "f"}))
	fails(t, codes.InvalidArgument, "", list(&bridgepb.ListDirRequest{Cursor: "not one"}))
}

func TestAHugeDirectoryIsListedInPages(t *testing.T) {
	t.Parallel()
	const count = 20_000
	s := start(t)
	for i := range count {
		fd, err := unix.Open(s.path(fmt.Sprintf("%06d", i)), unix.O_CREAT|unix.O_WRONLY, 0o644)
		must(t, err)
		unix.Close(fd)
	}
	all, _ := s.pages(&bridgepb.ListDirRequest{PageSize: 10_000}, nil)
	if len(all) != count {
		t.Fatalf("%d entries", len(all))
	}
	for i, e := range all {
		if e.GetPath() != fmt.Sprintf("%06d", i) {
			t.Fatalf("entry %d is %s", i, e.GetPath())
		}
	}
}
