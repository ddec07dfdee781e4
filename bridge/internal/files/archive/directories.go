package archive

import (
	"archive/tar"
	"slices"
	"strings"

	"dev.warren/bridge/internal/files/at"
	"golang.org/x/sys/unix"
)

// Directories are made writable and get their looks at the end, when nothing is added to them any
// more. What is remembered until then is bounded.
const (
	maxRemembered   = 64 << 20
	perDirectory    = 120
	openToOwnerOnly = 0o700
)

type directories struct {
	list  []madeDirectory
	bytes int
}

type madeDirectory struct {
	path  string
	looks looks
}

func (d *directories) remember(path string, l looks) error {
	d.bytes += perDirectory + len(path)
	for key, value := range l.records {
		d.bytes += len(key) + len(value)
	}
	if d.bytes > maxRemembered {
		return overLimit("import", "the archive has more directories than %d MiB describe", maxRemembered>>20)
	}
	d.list = append(d.list, madeDirectory{path, l})
	return nil
}

// settle sorts parents before children; of several entries for one directory the last one counts.
func (d *directories) settle() {
	slices.SortStableFunc(d.list, func(a, b madeDirectory) int { return strings.Compare(a.path, b.path) })
	last := d.list[:0]
	for i, dir := range d.list {
		if i+1 == len(d.list) || d.list[i+1].path != dir.path {
			last = append(last, dir)
		}
	}
	d.list = last
}

func (u *unpacker) directory(path string, h *tar.Header) error {
	if path != "" {
		place, err := u.place(path)
		if err != nil {
			return err
		}
		if err := makeDirectory(place); err != nil {
			return err
		}
	}
	return u.dirs.remember(path, looksOf(h))
}

func makeDirectory(p at.Place) error {
	err := unix.Mkdirat(p.Dir, p.Name, openToOwnerOnly)
	if err != unix.EEXIST {
		return err
	}
	st, err := p.Lstat()
	if err == nil && !at.IsDir(&st) {
		return unix.ENOTDIR
	}
	return err
}

// finish gives the directories their looks, children first. Those that a swap will move stay
// writable until it is done: moving a directory takes the right to write to it.
func (u *unpacker) finish(movable bool) error {
	u.forgetParent()
	u.dirs.settle()
	for i := len(u.dirs.list) - 1; i >= 0; i-- {
		if err := u.ctx.Err(); err != nil {
			return err
		}
		d := u.dirs.list[i]
		if movable && d.path == "" {
			continue
		}
		if movable && top(d.path) {
			d.looks.mode |= openToOwnerOnly
		}
		if err := dressDirectory(u.tree, d); err != nil {
			return err
		}
	}
	return nil
}

// finishTop does the rest after a swap, beneath the directory everything was moved to.
func (u *unpacker) finishTop(target *at.Tree) error {
	for i := len(u.dirs.list) - 1; i >= 0; i-- {
		d := u.dirs.list[i]
		if d.path != "" && (!top(d.path) || d.looks.mode&openToOwnerOnly == openToOwnerOnly) {
			continue
		}
		if err := dressDirectory(target, d); err != nil {
			return err
		}
	}
	return nil
}

func top(path string) bool { return !strings.Contains(path, "/") }

func dressDirectory(tree *at.Tree, d madeDirectory) error {
	fd, err := tree.OpenDir(d.path)
	if err == unix.EACCES {
		// An existing directory that denies reading to its owner: its handle will do.
		if fd, err = tree.OpenPath(d.path, false); err == nil {
			defer at.Close(fd)
			return d.looks.dressHandle(fd)
		}
	}
	if err != nil {
		return err
	}
	defer at.Close(fd)
	return d.looks.dress(fd)
}
