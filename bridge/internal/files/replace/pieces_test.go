package replace

import (
	"bytes"
	"slices"
	"testing"
)

func TestBehind_goesOnWhereTheKernelStopped(t *testing.T) {
	for n := range 7 {
		pieces := [][]byte{[]byte("ab"), []byte("c"), []byte("def")}
		if got := bytes.Join(behind(pieces, n), nil); string(got) != "abcdef"[n:] {
			t.Errorf("after %d bytes %q is left", n, got)
		}
	}
}

func TestWritePieces_writesMoreThanOneCallTakes(t *testing.T) {
	dir := t.TempDir()
	f := begin(t, dir, false, Options{})
	pieces := slices.Repeat([][]byte{[]byte("xy")}, 2*mostPieces+1)
	want := "new" + string(bytes.Join(pieces, nil))
	if err := f.WritePieces(pieces); err != nil {
		t.Fatal(err)
	}
	var locks Locks
	if _, err := f.Commit(&locks); err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir)["f"]; got != want {
		t.Errorf("%d bytes were written, want %d", len(got), len(want))
	}
}
