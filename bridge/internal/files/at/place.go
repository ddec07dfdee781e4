package at

import (
	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"golang.org/x/sys/unix"
	"google.golang.org/grpc/codes"
)

const maxLinks = 40 // as many as the kernel follows

// Place is a directory entry, existing or not: an open directory and one name in it.
type Place struct {
	Dir     int // O_PATH
	Name    string
	DirOnly bool // the path ended with a slash: only a directory will do
}

// Close releases the directory.
func (p Place) Close() { Close(p.Dir) }

// Lstat describes what is at the place now. A file where a slash asked for a directory is ENOTDIR.
func (p Place) Lstat() (unix.Stat_t, error) {
	st, err := Lstat(p.Dir, p.Name)
	if err == nil && p.DirOnly && !IsDir(&st) {
		err = unix.ENOTDIR
	}
	return st, err
}

// Place resolves all of path but its last component, which is not followed.
func (t *Tree) Place(path string, createParents bool) (Place, error) {
	dir, name, dirOnly := split(path)
	if t.Confined() {
		if err := checkConfined(path); err != nil {
			return Place{}, err
		}
		dir = trimSlash(dir)
	}
	if err := entryName(path, name); err != nil {
		return Place{}, err
	}
	if err := CheckPath(path); err != nil {
		return Place{}, err
	}
	fd, err := t.open(dir, pathFlags|unix.O_DIRECTORY)
	if err == unix.ENOENT && createParents {
		fd, err = t.MakeAll(dir)
	}
	if err != nil {
		return Place{}, err
	}
	return Place{Dir: fd, Name: name, DirOnly: dirOnly}, nil
}

func entryName(path, name string) error {
	if name == "" || name == "." || name == ".." {
		return fault.New(codes.InvalidArgument, bridgepb.Reason_REASON_UNSPECIFIED,
			"path %q: names a directory from within; name the entry in its parent directory instead", path)
	}
	return nil
}

// Target is Place, but a final link is followed by hand: what a write through a link replaces is
// the file it leads to, and that file may not exist yet. Confined trees refuse the link.
func (t *Tree) Target(path string, createParents bool) (Place, error) {
	place, err := t.Place(path, createParents)
	for range maxLinks {
		if err != nil {
			return Place{}, err
		}
		st, statErr := Lstat(place.Dir, place.Name)
		if statErr != nil || Kind(&st) != unix.S_IFLNK {
			return place, nil
		}
		if t.Confined() {
			place.Close()
			return Place{}, unix.ELOOP
		}
		place, err = follow(place)
	}
	if err == nil {
		place.Close()
		err = unix.ELOOP
	}
	return Place{}, err
}

func follow(link Place) (Place, error) {
	defer link.Close()
	target, err := Readlink(link.Dir, link.Name)
	if err != nil {
		return Place{}, err
	}
	from := Tree{base: link.Dir}
	next, err := from.Place(target, false)
	next.DirOnly = next.DirOnly || link.DirOnly
	return next, err
}

func trimSlash(dir string) string {
	if len(dir) > 0 && dir[len(dir)-1] == '/' {
		return dir[:len(dir)-1]
	}
	return dir
}
