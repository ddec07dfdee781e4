package archive

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
	"testing"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/files/at"
	"github.com/klauspost/compress/zstd"
)

func seed(headers ...tar.Header) []byte {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, h := range headers {
		h.Mode = 0o644
		_ = w.WriteHeader(&h)
		_, _ = w.Write(bytes.Repeat([]byte("x"), int(h.Size)))
	}
	_ = w.Close()
	return out.Bytes()
}

func seeds() [][]byte {
	plain := [][]byte{
		seed(tar.Header{Name: "../outside/f", Typeflag: tar.TypeReg, Size: 3}),
		seed(tar.Header{Name: "l", Typeflag: tar.TypeSymlink, Linkname: "../outside"}, tar.Header{Name: "l/f", Typeflag: tar.TypeReg, Size: 3}),
		seed(tar.Header{Name: "d/", Typeflag: tar.TypeDir}, tar.Header{Name: "d/f", Typeflag: tar.TypeReg, Size: 600},
			tar.Header{Name: "h", Typeflag: tar.TypeLink, Linkname: "d/f"}, tar.Header{Name: "p", Typeflag: tar.TypeFifo}),
		seed(tar.Header{Name: "f", Typeflag: tar.TypeReg, Format: tar.FormatPAX, PAXRecords: map[string]string{"SCHILY.xattr.user.a": "b"}}),
		seed(tar.Header{Name: "h", Typeflag: tar.TypeLink, Linkname: "../outside/f"}),
	}
	var zipped, packed bytes.Buffer
	g := gzip.NewWriter(&zipped)
	_, _ = g.Write(plain[2])
	_ = g.Close()
	z, _ := zstd.NewWriter(&packed)
	_, _ = z.Write(plain[2])
	_ = z.Close()
	return append(plain, zipped.Bytes(), packed.Bytes())
}

// fastDir is in memory where there is such a place: an import syncs its file system at the end.
func fastDir(f *testing.F) string {
	dir, err := os.MkdirTemp("/dev/shm", "warren")
	if err != nil {
		return f.TempDir()
	}
	f.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// Whatever the bytes are: no panic, and nothing outside the target changes. To find much in a short
// time, run it with -fuzzminimizetime 5x.
func FuzzImport(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s, true)
		f.Add(s, false)
	}
	top := fastDir(f)
	target, outside := filepath.Join(top, "target"), filepath.Join(top, "outside")
	must(f, os.Mkdir(outside, 0o755))
	f.Fuzz(func(t *testing.T, archive []byte, replacing bool) {
		must(t, os.RemoveAll(target))
		must(t, os.Mkdir(target, 0o755))
		must(t, os.WriteFile(filepath.Join(outside, "f"), []byte("outside"), 0o644))
		must(t, os.Symlink("../outside", filepath.Join(target, "l")))
		mode := bridgepb.ImportMode_IMPORT_MODE_MERGE
		if replacing {
			mode = replaceMode
		}
		tree, err := at.Follow(target)
		must(t, err)
		defer tree.Close()
		dir, err := tree.OpenDir("")
		must(t, err)
		defer at.Close(dir)
		_, err = new(Importer).Import(context.Background(), dir, sourceOf(archive), &bridgepb.ImportHeader{
			Mode: mode, MaxContentBytes: 1 << 20, MaxEntries: 100,
		})
		if left, _ := filepath.Glob(filepath.Join(target, ".warren-*")); len(left) > 0 {
			t.Errorf("left %v after %v", left, err)
		}
		entries, readErr := os.ReadDir(outside)
		must(t, readErr)
		if content, _ := os.ReadFile(filepath.Join(outside, "f")); len(entries) != 1 || string(content) != "outside" {
			t.Errorf("outside was changed: %v %q", entries, content)
		}
	})
}
