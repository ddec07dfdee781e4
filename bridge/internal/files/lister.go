package files

import (
	"context"
	"strings"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/files/at"
	"golang.org/x/sys/unix"
)

const (
	// Names held per directory on the way down, and how deep that way may be: at most about 20 MB
	// for the most hostile tree. Deeper directories count as unreadable; their paths are longer than
	// any call would take, or nearly so.
	listBatch = 512
	maxDepth  = 500
	// An answer stays below the 4 MiB that gRPC clients take by default.
	pageBytes  = 3 << 20
	entryBytes = 96 // of an entry besides its names
)

// lister fills one page, depth first. It never opens a directory through a link.
type lister struct {
	ctx       context.Context
	recursive bool
	threshold int64
	limit     int

	resp  *bridgepb.ListDirResponse
	bytes int
	last  cursor
	full  bool // entries follow
}

func (l *lister) page(dir int, start cursor) (*bridgepb.ListDirResponse, error) {
	defer at.Close(dir)
	if err := l.directory(dir, nil, start); err != nil {
		return nil, err
	}
	if l.full {
		l.resp.NextCursor = l.last.String()
	}
	return l.resp, nil
}

// directory lists what is behind start, whose path is relative to dir.
func (l *lister) directory(dir int, parents []string, start cursor) error {
	from := ""
	if len(start.path) > 0 {
		from = start.path[0]
	}
	for {
		names, more, err := at.Smallest(dir, from, l.batch(len(parents)))
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := l.visit(dir, append(parents, name), start); err != nil || l.full {
				return err
			}
		}
		if !more {
			return nil
		}
		from = at.After(names[len(names)-1])
	}
}

// batch: near the top a page is filled by one pass over a directory, however large both are.
func (l *lister) batch(depth int) int {
	if depth < 3 {
		return max(l.limit+2, listBatch)
	}
	return listBatch
}

func (l *lister) visit(dir int, names []string, start cursor) error {
	if err := l.ctx.Err(); err != nil {
		return err
	}
	name := names[len(names)-1]
	if len(start.path) > 0 && start.path[0] == name {
		return l.resume(dir, names, start)
	}
	st, err := at.Lstat(dir, name)
	if err == unix.ENOENT {
		return nil
	}
	if err != nil {
		return err
	}
	if len(l.resp.Entries) >= l.limit || l.bytes >= pageBytes {
		l.full = true
		return nil
	}
	return l.add(dir, names, &st)
}

// resume passes over an entry that an earlier page showed. A directory that page had begun to
// expand stays expanded, however much it has grown.
func (l *lister) resume(dir int, names []string, start cursor) error {
	rest := cursor{path: start.path[1:], descend: start.descend}
	if len(rest.path) == 0 && !rest.descend {
		return nil
	}
	child, err := l.open(dir, names)
	if child < 0 {
		return err
	}
	defer at.Close(child)
	return l.directory(child, names, rest)
}

func (l *lister) add(dir int, names []string, st *unix.Stat_t) error {
	entry := entryOf(strings.Join(names, "/"), st)
	if isLink(st) {
		if target, err := at.Readlink(dir, names[len(names)-1]); err == nil {
			entry.LinkTarget = valid(target)
		}
	}
	l.resp.Entries = append(l.resp.Entries, entry)
	l.bytes += entryBytes + len(entry.Path) + len(entry.RawPath) + len(entry.LinkTarget)
	l.last = cursor{path: append([]string(nil), names...)}
	if !l.recursive || !at.IsDir(st) {
		return nil
	}
	l.last.descend = true
	return l.expand(dir, names, entry)
}

func (l *lister) expand(dir int, names []string, entry *bridgepb.FileEntry) error {
	child, err := l.open(dir, names)
	if child < 0 {
		l.last.descend = false // what cannot be opened is reported once
		return err
	}
	defer at.Close(child)
	if l.threshold > 0 {
		count, err := at.Count(child)
		if err != nil {
			return err
		}
		if count > l.threshold {
			entry.CollapsedEntries = &count
			l.last.descend = false
			return nil
		}
	}
	return l.directory(child, names, cursor{})
}

// open answers -1 where there is nothing to expand: gone, no directory any more, or unreadable.
func (l *lister) open(dir int, names []string) (int, error) {
	err := error(unix.ENAMETOOLONG)
	fd := -1
	if len(names) < maxDepth {
		fd, err = at.Open(dir, names[len(names)-1], unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
	}
	switch err {
	case nil:
		return fd, nil
	case unix.ENOENT, unix.ENOTDIR, unix.ELOOP:
		return -1, nil
	case unix.EACCES, unix.EPERM, unix.ENAMETOOLONG, unix.EIO, unix.ESTALE:
		l.resp.Unreadable = append(l.resp.Unreadable, valid(strings.Join(names, "/")))
		return -1, nil
	}
	return -1, err
}
