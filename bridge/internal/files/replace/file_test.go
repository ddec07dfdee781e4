package replace

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"dev.warren/bridge/internal/files/at"
	"golang.org/x/sys/unix"
)

// begin starts a write, nameless or, as on file systems without O_TMPFILE, under a hidden name.
func begin(t *testing.T, dir string, named bool, o Options) *File {
	t.Helper()
	tree, err := at.Follow(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	place, err := tree.Place("f", false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(place.Close)
	f, err := Begin(place, o)
	if err != nil {
		t.Fatal(err)
	}
	if named {
		f.Abort()
		if err := f.openNamed(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.Write([]byte("new")); err != nil {
		t.Fatal(err)
	}
	return f
}

func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		content, _ := os.ReadFile(filepath.Join(dir, e.Name()))
		found[e.Name()] = string(content)
	}
	return found
}

func TestBothKindsOfTemporaryFile(t *testing.T) {
	t.Parallel()
	for name, named := range map[string]bool{"nameless": false, "hidden name": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			var locks Locks
			if _, err := begin(t, dir, named, Options{MustNotExist: true}).Commit(&locks); err != nil {
				t.Fatal(err)
			}
			if got := files(t, dir); len(got) != 1 || got["f"] != "new" {
				t.Errorf("a new file: %v", got)
			}
			os.Chmod(filepath.Join(dir, "f"), 0o640)
			st, err := begin(t, dir, named, Options{}).Commit(&locks)
			if err != nil || st.Mode&0o7777 != 0o640 {
				t.Errorf("replaced with mode %o, %v", st.Mode, err)
			}
			if got := files(t, dir); len(got) != 1 || got["f"] != "new" {
				t.Errorf("replaced: %v", got)
			}
			os.WriteFile(filepath.Join(dir, "f"), []byte("old"), 0o640)
			begin(t, dir, named, Options{}).Abort()
			if got := files(t, dir); len(got) != 1 || got["f"] != "old" {
				t.Errorf("aborted: %v", got)
			}
			if len(locks.held) != 0 {
				t.Errorf("%d locks are left", len(locks.held))
			}
		})
	}
}

func TestWhoTakesTheNameMeanwhileKeepsIt(t *testing.T) {
	t.Parallel()
	for name, named := range map[string]bool{"nameless": false, "hidden name": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			f := begin(t, dir, named, Options{MustNotExist: true})
			os.WriteFile(filepath.Join(dir, "f"), []byte("theirs"), 0o644)
			if err := f.publishNew(); !errors.Is(err, unix.EEXIST) {
				t.Errorf("publishNew: %v", err)
			}
			f.Abort()
			if got := files(t, dir); len(got) != 1 || got["f"] != "theirs" {
				t.Errorf("left %v", got)
			}
		})
	}
}

func TestADirectoryThatTakesTheNameMeanwhileIsNotReplaced(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := begin(t, dir, false, Options{})
	os.Mkdir(filepath.Join(dir, "f"), 0o755)
	if _, err := f.Commit(&Locks{}); !errors.Is(err, unix.EISDIR) {
		t.Errorf("Commit: %v", err)
	}
	if got := files(t, dir); len(got) != 1 {
		t.Errorf("left %v", got)
	}
}
