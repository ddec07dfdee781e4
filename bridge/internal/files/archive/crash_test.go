package archive

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/files/at"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var (
	oldTree = map[string]string{"a": "old a", "b": "old b", "dir/x": "old x", "only-old/y": "old y"}
	newTree = map[string]string{"a": "new a", "dir/x": "new x", "dir/z": "new z", "only-new": "new"}
)

func plant(t *testing.T, tree map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range tree {
		must(t, os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o755))
		must(t, os.WriteFile(filepath.Join(root, name), []byte(content), 0o644))
	}
	return root
}

// found is every file below root, hidden ones of our own included.
func found(t *testing.T, root string) map[string]string {
	t.Helper()
	tree := map[string]string{}
	must(t, filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, path)
		if d.Type().IsRegular() {
			content, err := os.ReadFile(path)
			tree[name] = string(content)
			return err
		}
		if strings.Contains(name, ".warren") {
			tree[name] = "left over"
		}
		return nil
	}))
	return tree
}

func same(a, b map[string]string) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

func tarOf(t *testing.T, tree map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for name, content := range tree {
		must(t, w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(content))}))
		_, err := w.Write([]byte(content))
		must(t, err)
	}
	must(t, w.Close())
	return out.Bytes()
}

func sourceOf(archive []byte) *Source {
	frames := []Frame{{Data: archive}, {Commit: &bridgepb.ImportCommit{Bytes: int64(len(archive))}}}
	return NewSource(func() (Frame, error) {
		if len(frames) == 0 {
			return Frame{}, io.EOF
		}
		next := frames[0]
		frames = frames[1:]
		return next, nil
	})
}

func importInto(t *testing.T, im *Importer, root string, archive []byte, mode bridgepb.ImportMode) error {
	t.Helper()
	tree, err := at.Follow(root)
	must(t, err)
	defer tree.Close()
	dir, err := tree.OpenDir("")
	must(t, err)
	defer at.Close(dir)
	_, err = im.Import(context.Background(), dir, sourceOf(archive), &bridgepb.ImportHeader{Path: root, Mode: mode})
	return err
}

const replaceMode = bridgepb.ImportMode_IMPORT_MODE_REPLACE

// steps names every step of a replacing import.
func steps(t *testing.T, archive []byte) (names []string) {
	t.Helper()
	im := &Importer{step: func(name string) error { names = append(names, name); return nil }}
	must(t, importInto(t, im, plant(t, oldTree), archive, replaceMode))
	return names
}

// crash stands for a bridge that is killed: nothing after it runs, no clean-up either.
type crash struct{}

func crashing(t *testing.T, f func()) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil && p != any(crash{}) {
			panic(p)
		}
	}()
	f()
}

func (im *Importer) crashAt(step int) {
	n := 0
	im.step = func(string) error {
		if n++; n > step {
			panic(crash{})
		}
		return nil
	}
}

func recoverRoot(root string) error {
	tree, err := at.Follow(root)
	if err != nil {
		return err
	}
	defer tree.Close()
	return Recover(tree)
}

func TestAReplacementThatCrashesAnywhereIsUndoneOrFinished(t *testing.T) {
	t.Parallel()
	archive := tarOf(t, newTree)
	names := steps(t, archive)
	if len(names) < 10 {
		t.Fatalf("too few steps: %v", names)
	}
	for step, name := range names {
		t.Run(fmt.Sprintf("%d %s", step, name), func(t *testing.T) {
			t.Parallel()
			root := plant(t, oldTree)
			im := &Importer{}
			im.crashAt(step)
			crashing(t, func() { _ = importInto(t, im, root, archive, replaceMode) })
			must(t, recoverRoot(root))
			got := found(t, root)
			if !same(got, oldTree) && !same(got, newTree) {
				t.Errorf("a mixture: %v", got)
			}
			must(t, importInto(t, &Importer{}, root, archive, replaceMode))
			if got := found(t, root); !same(got, newTree) {
				t.Errorf("after the next import: %v", got)
			}
		})
	}
}

func TestAReplacementThatFailsAnywhereLeavesEverythingAsItWas(t *testing.T) {
	t.Parallel()
	archive := tarOf(t, newTree)
	for step, name := range steps(t, archive) {
		t.Run(fmt.Sprintf("%d %s", step, name), func(t *testing.T) {
			t.Parallel()
			root := plant(t, oldTree)
			n := -1
			im := &Importer{step: func(string) error {
				if n++; n == step {
					return errors.New("injected")
				}
				return nil
			}}
			if err := importInto(t, im, root, archive, replaceMode); err == nil {
				t.Error("the failure is not reported")
			}
			if got := found(t, root); !same(got, oldTree) {
				t.Errorf("not as before: %v", got)
			}
		})
	}
}

func TestARollbackThatCrashesAnywhereIsFinishedLater(t *testing.T) {
	t.Parallel()
	archive := tarOf(t, newTree)
	for failAt := range steps(t, archive) {
		for later := 1; later <= 12; later++ {
			root := plant(t, oldTree)
			n := -1
			im := &Importer{step: func(string) error {
				switch n++; n {
				case failAt:
					return errors.New("injected")
				case failAt + later:
					panic(crash{})
				}
				return nil
			}}
			crashing(t, func() { _ = importInto(t, im, root, archive, replaceMode) })
			must(t, recoverRoot(root))
			if got := found(t, root); !same(got, oldTree) && !same(got, newTree) {
				t.Fatalf("failed at %d, crashed %d later: %v", failAt, later, got)
			}
		}
	}
}

func TestWhatOthersMakeDuringASwapGivesWay(t *testing.T) {
	t.Parallel()
	root := plant(t, oldTree)
	im := &Importer{}
	im.step = func(name string) error {
		if name == "old settled" {
			must(t, os.WriteFile(filepath.Join(root, "only-new"), []byte("squatter"), 0o644))
		}
		return nil
	}
	must(t, importInto(t, im, root, tarOf(t, newTree), replaceMode))
	if got := found(t, root); !same(got, newTree) {
		t.Errorf("%v", got)
	}
}

func TestAPlantedStagingDirectoryIsNotTrusted(t *testing.T) {
	t.Parallel()
	root := plant(t, oldTree)
	name := at.RandomName(at.ImportPrefix)
	for _, sub := range []string{newName, oldName} {
		must(t, os.MkdirAll(filepath.Join(root, name, sub), 0o755))
	}
	must(t, os.WriteFile(filepath.Join(root, name, newName, "a"), []byte("planted"), 0o644))
	must(t, recoverRoot(root)) // others may enter it, so it is not ours
	if got, _ := os.ReadFile(filepath.Join(root, "a")); string(got) != "old a" {
		t.Errorf("a is %q", got)
	}
}

func TestRecoverRemovesHiddenFilesOfWrites(t *testing.T) {
	t.Parallel()
	root := plant(t, map[string]string{"f": "f", ".warren-tmp-0123456789abcdef": "x", ".warren-tmp-mine": "kept"})
	must(t, recoverRoot(root))
	if got := found(t, root); !same(got, map[string]string{"f": "f", ".warren-tmp-mine": "kept"}) {
		t.Errorf("%v", got)
	}
}

func TestOneImportAtATimeWorksOnADirectory(t *testing.T) {
	t.Parallel()
	root := plant(t, oldTree)
	archive := tarOf(t, newTree)
	im := &Importer{}
	var second error
	im.step = func(name string) error {
		if name == "unpacked" {
			second = importInto(t, im, root, archive, replaceMode)
		}
		return nil
	}
	must(t, importInto(t, im, root, archive, replaceMode))
	if second == nil || !strings.Contains(second.Error(), "another import") {
		t.Errorf("the second import: %v", second)
	}
}
