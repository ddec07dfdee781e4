package at

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

func directoryOf(t *testing.T, names []string) int {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	fd, err := Open(unix.AT_FDCWD, dir, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { Close(fd) })
	return fd
}

func TestBatchesOfAnySizeMakeTheSortedDirectory(t *testing.T) {
	t.Parallel()
	var want []string
	for i := range 300 {
		want = append(want, fmt.Sprintf("%03d\xff", i))
	}
	shuffled := slices.Clone(want)
	rand.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	dir := directoryOf(t, shuffled)
	for _, limit := range []int{1, 7, 299, 300, 1000} {
		var got []string
		for from, more := "", true; more; {
			var names []string
			var err error
			if names, more, err = Smallest(dir, from, limit); err != nil || len(names) > limit {
				t.Fatalf("%d names, %v", len(names), err)
			}
			got = append(got, names...)
			from = After(names[len(names)-1])
		}
		if !slices.Equal(got, want) {
			t.Errorf("limit %d: %q", limit, got)
		}
	}
	if n, err := Count(dir); n != 300 || err != nil {
		t.Errorf("%d entries, %v", n, err)
	}
}

func TestOwnNamesAreRecognised(t *testing.T) {
	t.Parallel()
	if name := RandomName(TempPrefix); !IsOwn(name, TempPrefix) || IsOwn(name, ImportPrefix) {
		t.Errorf("%s", name)
	}
	for _, name := range []string{".warren-tmp-", ".warren-tmp-0123456789abcdeg", ".warren-tmp-0123456789abcdef0", "x.warren-tmp-0123456789abcdef"} {
		if IsOwn(name, TempPrefix) {
			t.Errorf("%s passes as ours", name)
		}
	}
}
