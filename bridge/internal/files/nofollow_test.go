package files

import (
	"os"
	"strings"
	"testing"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"dev.warren/bridge/internal/files/at"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Both resolvers obey the same specification.
func eachResolver(t *testing.T, test func(t *testing.T, s *sandbox), names ...string) {
	t.Helper()
	_, openat2 := at.Kernel()
	resolvers := map[string]at.Opener{"walk": at.Walk()}
	if openat2 {
		resolvers["openat2"], _ = at.Kernel()
	}
	for name, open := range resolvers {
		t.Run(strings.Join(append(names, name), "/"), func(t *testing.T) {
			t.Parallel()
			s := start(t)
			s.service.beneath, s.service.importer.Beneath = open, open
			test(t, s)
		})
	}
}

// confined makes one call of each kind on a path. Directories end in what they should not touch.
func (s *sandbox) confined(path string) map[string]error {
	root := &bridgepb.NoFollow{Root: "tree"}
	errs := map[string]error{}
	_, errs["stat"] = s.service.Stat(s.ctx, &bridgepb.StatRequest{Path: path, Follow: true, NoFollow: root})
	_, errs["list"] = s.service.ListDir(s.ctx, &bridgepb.ListDirRequest{Path: path, NoFollow: root})
	_, errs["write"] = s.service.WriteFile(s.ctx, &bridgepb.WriteFileRequest{
		Path: path, Content: []byte("x"), Options: &bridgepb.WriteOptions{NoFollow: root, CreateParents: true},
	})
	_, errs["mkdir"] = s.service.Mkdir(s.ctx, &bridgepb.MkdirRequest{Path: path, Parents: true, NoFollow: root})
	file, _, err := s.service.openRegular(path, root)
	if err == nil {
		file.Close()
	} else {
		err = fail("read", path, err)
	}
	errs["read"] = err
	return errs
}

func TestConfinedCallsMeetNoLink(t *testing.T) {
	t.Parallel()
	eachResolver(t, func(t *testing.T, s *sandbox) {
		s.put("outside/f", "outside")
		s.put("tree/d/f", "inside")
		s.link("../outside", "tree/out")
		s.link(s.root+"/outside", "tree/absolute")
		s.link("d", "tree/inner")
		s.link("../outside/f", "tree/file")
		s.link("../outside/new", "tree/dangling")
		for _, path := range []string{"out", "absolute", "inner", "file", "dangling", "out/f", "absolute/f", "inner/f", "out/new/sub"} {
			for call, err := range s.confined(path) {
				if status.Code(err) != codes.FailedPrecondition || fault.ReasonOf(err) != bridgepb.Reason_REASON_SYMLINK {
					t.Errorf("%s %s: %v (%v)", call, path, err, fault.ReasonOf(err))
				}
			}
		}
		s.names("outside", "f")
		s.holds("outside/f", "outside")
	})
}

func TestConfinedCallsCannotSpellTheirWayOut(t *testing.T) {
	t.Parallel()
	eachResolver(t, func(t *testing.T, s *sandbox) {
		s.put("outside/f", "outside")
		s.put("tree/d/f", "inside")
		for _, path := range []string{"..", "../outside/f", "d/../../outside/f", "/outside", s.root + "/outside/f"} {
			for call, err := range s.confined(path) {
				if status.Code(err) != codes.FailedPrecondition || fault.ReasonOf(err) != bridgepb.Reason_REASON_OUTSIDE_ROOT {
					t.Errorf("%s %s: %v (%v)", call, path, err, fault.ReasonOf(err))
				}
			}
		}
		for _, path := range []string{"d//f", "d/./f", "./d", "d/", "d\x00f"} {
			for call, err := range s.confined(path) {
				if status.Code(err) != codes.InvalidArgument {
					t.Errorf("%s %q: %v", call, path, err)
				}
			}
		}
		s.holds("outside/f", "outside")
	})
}

func TestConfinedCallsWork(t *testing.T) {
	t.Parallel()
	eachResolver(t, func(t *testing.T, s *sandbox) {
		root := &bridgepb.NoFollow{Root: "tree"}
		s.dir("tree")
		_, err := s.WriteFile(s.ctx, &bridgepb.WriteFileRequest{
			Path: "a/b/f", Content: []byte("x"), Options: &bridgepb.WriteOptions{NoFollow: root, CreateParents: true},
		})
		must(t, err)
		_, err = s.Mkdir(s.ctx, &bridgepb.MkdirRequest{Path: "a/c/d", Parents: true, NoFollow: root})
		must(t, err)
		_, err = s.Rename(s.ctx, &bridgepb.RenameRequest{From: "a/b", To: "n/b", CreateParents: true, NoFollow: root})
		must(t, err)
		_, content, err := s.readRaw(&bridgepb.ReadRawRequest{Path: "n/b/f", NoFollow: root})
		if err != nil || string(content) != "x" {
			t.Errorf("%q, %v", content, err)
		}
		for _, top := range []string{"", "."} {
			all, err := s.ListDir(s.ctx, &bridgepb.ListDirRequest{Path: top, Recursive: true, NoFollow: root})
			must(t, err)
			equal(t, paths(all.GetEntries()), []string{"a", "a/c", "a/c/d", "n", "n/b", "n/b/f"})
		}
		stat, err := s.Stat(s.ctx, &bridgepb.StatRequest{Path: "n/b", NoFollow: root})
		if err != nil || stat.GetEntry().GetType() != bridgepb.FileType_FILE_TYPE_DIRECTORY {
			t.Errorf("%v, %v", stat, err)
		}
		_, err = s.Stat(s.ctx, &bridgepb.StatRequest{Path: "none/x", NoFollow: root})
		wantCode(t, err, codes.NotFound)
		_, err = s.Stat(s.ctx, &bridgepb.StatRequest{Path: "n/b/f/x", NoFollow: root})
		wantCode(t, err, codes.InvalidArgument)
	})
}

// A link as such may be looked at, moved and deleted: a hostile tree has to be cleaned up somehow.
func TestConfinedCallsHandleAFinalLinkAsALink(t *testing.T) {
	t.Parallel()
	eachResolver(t, func(t *testing.T, s *sandbox) {
		root := &bridgepb.NoFollow{Root: "tree"}
		s.put("outside/f", "outside")
		s.dir("tree")
		s.link("../outside", "tree/l")
		stat, err := s.Stat(s.ctx, &bridgepb.StatRequest{Path: "l", NoFollow: root})
		if err != nil || stat.GetEntry().GetLinkTarget() != "../outside" {
			t.Errorf("%v, %v", stat, err)
		}
		_, err = s.Rename(s.ctx, &bridgepb.RenameRequest{From: "l", To: "m", NoFollow: root})
		must(t, err)
		_, err = s.DeleteFile(s.ctx, &bridgepb.DeleteFileRequest{Path: "m", Recursive: true, NoFollow: root})
		must(t, err)
		s.names("tree")
		s.holds("outside/f", "outside")
		_, err = s.DeleteFile(s.ctx, &bridgepb.DeleteFileRequest{Path: "", Recursive: true, NoFollow: root})
		wantCode(t, err, codes.InvalidArgument)
	})
}

// The path of a confined call, whatever it is, stays in its tree: a file beside the tree is neither
// found nor made.
func FuzzResolve(f *testing.F) {
	for _, seed := range []string{"d/f", "../secret", "d/../../secret", "out/secret", "/secret", "d/loop/secret", "", ".", "d//f", "a/b/c", "\x00"} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	s := start(f)
	s.put("secret", "outside")
	s.put("tree/d/f", "inside")
	s.link("..", "tree/out")
	s.link("../..", "tree/d/loop")
	s.link("../secret", "tree/s")
	kernel, _ := at.Kernel()
	f.Fuzz(func(t *testing.T, path string, walk bool) {
		s := &sandbox{t: t, service: s.service, root: s.root, ctx: t.Context()}
		s.service.beneath = kernel
		if walk {
			s.service.beneath = at.Walk()
		}
		root := &bridgepb.NoFollow{Root: "tree"}
		if file, _, err := s.service.openRegular(path, root); err == nil {
			content := make([]byte, 7)
			n, _ := file.Read(content)
			file.Close()
			if string(content[:n]) == "outside" {
				t.Errorf("%q read a file outside", path)
			}
		}
		s.confined(path)
		_, _ = s.service.Rename(s.ctx, &bridgepb.RenameRequest{From: "d/f", To: path, CreateParents: true, NoFollow: root})
		_, _ = s.service.DeleteFile(s.ctx, &bridgepb.DeleteFileRequest{Path: path, Recursive: true, NoFollow: root})
		s.names("", "secret", "tree")
		s.holds("secret", "outside")
		if _, err := os.Lstat(s.path("tree/d")); err != nil {
			s.put("tree/d/f", "inside")
			_ = os.Symlink("../..", s.path("tree/d/loop"))
		}
	})
}
