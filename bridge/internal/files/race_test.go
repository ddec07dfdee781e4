package files

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"dev.warren/bridge/internal/bridgepb"
	"golang.org/x/sys/unix"
)

const raceTime = 400 * time.Millisecond

// swap exchanges the directory tree/d and the link tree/l to the outside until stop is closed.
func (s *sandbox) swap(stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		default:
			_ = unix.Renameat2(unix.AT_FDCWD, s.path("tree/d"), unix.AT_FDCWD, s.path("tree/l"), unix.RENAME_EXCHANGE)
		}
	}
}

func TestNothingOutsideIsTouchedWhileDirectoriesBecomeLinks(t *testing.T) {
	t.Parallel()
	eachResolver(t, func(t *testing.T, s *sandbox) {
		for i := range 3 {
			s.put(fmt.Sprintf("outside/f%d", i), "outside")
			s.put(fmt.Sprintf("tree/d/f%d", i), "inside")
		}
		s.link("../outside", "tree/l")
		stop := make(chan struct{})
		var swapper, callers sync.WaitGroup
		swapper.Go(func() { s.swap(stop) })
		for _, call := range []func(*testing.T, *sandbox, int){raceRead, raceList, raceWrite, raceRename, raceDelete} {
			callers.Go(func() {
				end := time.Now().Add(raceTime)
				for i := 0; time.Now().Before(end); i++ {
					call(t, s, i)
				}
			})
		}
		callers.Wait()
		close(stop)
		swapper.Wait()
		s.names("outside", "f0", "f1", "f2")
		for i := range 3 {
			s.holds(fmt.Sprintf("outside/f%d", i), "outside")
		}
	})
}

var raceRoot = &bridgepb.NoFollow{Root: "tree"}

func raceRead(t *testing.T, s *sandbox, i int) {
	file, _, err := s.service.openRegular(fmt.Sprintf("d/f%d", i%3), raceRoot)
	if err != nil {
		return
	}
	defer file.Close()
	if content, _ := io.ReadAll(file); strings.Contains(string(content), "outside") {
		t.Error("a file outside was read")
	}
}

func raceList(t *testing.T, s *sandbox, i int) {
	_ = os.WriteFile(s.path("outside/f0"), []byte("outside"), 0o644)
	resp, err := s.service.ListDir(s.ctx, &bridgepb.ListDirRequest{Recursive: true, NoFollow: raceRoot})
	if err != nil {
		t.Errorf("list: %v", err)
		return
	}
	for _, e := range resp.GetEntries() {
		if e.GetSize() == int64(len("outside")) && e.GetType() == bridgepb.FileType_FILE_TYPE_REGULAR {
			t.Errorf("%s of outside was listed", e.GetPath())
		}
	}
}

func raceWrite(t *testing.T, s *sandbox, i int) {
	_, _ = s.service.WriteFile(s.ctx, &bridgepb.WriteFileRequest{
		Path: fmt.Sprintf("d/f%d", i%3), Content: []byte("inside"),
		Options: &bridgepb.WriteOptions{NoFollow: raceRoot, CreateParents: true},
	})
	_, _ = s.service.Mkdir(s.ctx, &bridgepb.MkdirRequest{Path: "d/made/deep", Parents: true, NoFollow: raceRoot})
}

func raceRename(t *testing.T, s *sandbox, i int) {
	_, _ = s.service.Rename(s.ctx, &bridgepb.RenameRequest{
		From: fmt.Sprintf("d/f%d", i%3), To: fmt.Sprintf("d/g%d", i%3), Replace: true, NoFollow: raceRoot,
	})
}

func raceDelete(t *testing.T, s *sandbox, i int) {
	for _, path := range []string{"d/f1", "d/f2", "d/made"} {
		_, _ = s.service.DeleteFile(s.ctx, &bridgepb.DeleteFileRequest{Path: path, Recursive: true, NoFollow: raceRoot})
	}
}

// Here the swapped directory is on the way of the recursion, not on that of the path.
func TestADeletedTreeThatTurnsIntoLinksTakesNothingWithIt(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("outside/deep/f", "outside")
	s.dir("tree")
	s.link("../outside", "tree/l")
	stop := make(chan struct{})
	var swapper sync.WaitGroup
	swapper.Go(func() { s.swap(stop) })
	for end := time.Now().Add(raceTime); time.Now().Before(end); {
		_ = os.MkdirAll(s.path("tree/d/deep/f"), 0o755)
		_ = os.Symlink("../outside", s.path("tree/l"))
		_, _ = s.service.DeleteFile(s.ctx, &bridgepb.DeleteFileRequest{Path: "tree", Recursive: true})
		_ = os.MkdirAll(s.path("tree"), 0o755)
	}
	close(stop)
	swapper.Wait()
	s.holds("outside/deep/f", "outside")
}
