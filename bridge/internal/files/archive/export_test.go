package archive

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dev.warren/bridge/internal/files/at"
)

// changing runs change when the first frame is sent, while the large file is being read.
func changing(t *testing.T, root string, change func()) []byte {
	t.Helper()
	tree, err := at.Follow(root)
	must(t, err)
	defer tree.Close()
	dir, err := tree.OpenDir("")
	must(t, err)
	defer at.Close(dir)
	var out bytes.Buffer
	_, err = Export(context.Background(), dir, ExportOptions{Send: func(b []byte) error {
		if out.Len() == 0 {
			change()
		}
		out.Write(b)
		return nil
	}})
	must(t, err)
	return out.Bytes()
}

func sizes(t *testing.T, archive []byte) map[string]int64 {
	t.Helper()
	sizes := map[string]int64{}
	r := tar.NewReader(bytes.NewReader(archive))
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return sizes
		}
		must(t, err)
		n, err := io.Copy(io.Discard, r)
		must(t, err)
		sizes[h.Name] = n
	}
}

func TestAnArchiveOfFilesThatChangeIsValid(t *testing.T) {
	t.Parallel()
	const size = 4 << 20
	for name, to := range map[string]int64{"shrinks": 10, "grows": 3 * size} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := plant(t, map[string]string{"f": strings.Repeat("x", size), "g": "g", "gone": "x"})
			got := sizes(t, changing(t, root, func() {
				must(t, os.Truncate(filepath.Join(root, "f"), to))
				must(t, os.Remove(filepath.Join(root, "gone")))
			}))
			if len(got) != 3 || got["f"] != size || got["g"] != 1 {
				t.Errorf("%v", got)
			}
		})
	}
}

func TestExportStopsWhenNobodyTakesTheFrames(t *testing.T) {
	t.Parallel()
	root := plant(t, map[string]string{"f": strings.Repeat("x", 1<<20)})
	tree, err := at.Follow(root)
	must(t, err)
	defer tree.Close()
	dir, err := tree.OpenDir("")
	must(t, err)
	defer at.Close(dir)
	gone := errors.New("gone")
	if _, err := Export(context.Background(), dir, ExportOptions{Send: func([]byte) error { return gone }}); err == nil {
		t.Error("no error")
	}
}
