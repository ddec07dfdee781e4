package files

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"dev.warren/bridge/internal/bridgepb"
	"golang.org/x/sys/unix"
)

// open lists what this process holds open below the root of the sandbox.
func (s *sandbox) open() (held []string) {
	s.t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	must(s.t, err)
	for _, e := range entries {
		target, err := os.Readlink("/proc/self/fd/" + e.Name())
		if err == nil && strings.HasPrefix(target, s.root) {
			held = append(held, target)
		}
	}
	return held
}

func TestNoCallKeepsADescriptor(t *testing.T) {
	t.Parallel()
	eachResolver(t, func(t *testing.T, s *sandbox) {
		s.put("tree/d/f", "x")
		s.put("tree/d/e/f", "x")
		s.link("d/f", "tree/l")
		s.link("l2", "tree/l2")
		must(t, unix.Mkfifo(s.path("tree/pipe"), 0o600))
		for i, path := range []string{"d/f", "d", "l", "l2", "pipe", "none", "none/x", "d/f/x", "l/x", "", "..", "d/e"} {
			s.confined(path)
			for _, base := range []string{"tree/" + path, s.path("tree/" + path)} {
				_, _ = s.service.Stat(s.ctx, &bridgepb.StatRequest{Path: base, Follow: i%2 == 0})
				_, _ = s.service.ReadFile(s.ctx, &bridgepb.ReadFileRequest{Path: base})
				_, _ = s.service.ListDir(s.ctx, &bridgepb.ListDirRequest{Path: base, Recursive: true, PageSize: 2, CollapseThreshold: 1})
				for _, o := range []*bridgepb.WriteOptions{nil, {MustNotExist: true}, {ExpectedRevision: "stale"}, {CreateParents: true}} {
					_, _ = s.write(base, "x", o)
				}
				_, _ = s.service.Rename(s.ctx, &bridgepb.RenameRequest{From: base, To: fmt.Sprint("tree/moved", i), CreateParents: true})
				_, _ = s.service.Rename(s.ctx, &bridgepb.RenameRequest{From: fmt.Sprint("tree/moved", i), To: base})
				_, _, _ = s.readRaw(&bridgepb.ReadRawRequest{Path: base})
				_, _ = s.writeRaw(header(base), data("x"))
				archive, _, err := s.export(&bridgepb.ExportRequest{Path: base})
				if err == nil {
					_, _ = s.importTar(archive, mergeInto(base))
					_, _ = s.importTar(archive[:len(archive)-600], replaceInto(base))
				}
				if i > 9 {
					_, _ = s.service.DeleteFile(s.ctx, &bridgepb.DeleteFileRequest{Path: base, Recursive: true})
				}
			}
		}
		equal(t, s.open(), nil)
	})
}
