package archive

import (
	"archive/tar"
	"context"
	"errors"
	"io"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"dev.warren/bridge/internal/files/at"
	"golang.org/x/sys/unix"
)

// unpacker puts entries beneath one directory. It never follows a link there, whether an earlier
// entry planted it or it was there before.
type unpacker struct {
	ctx     context.Context
	beneath at.Opener
	tree    *at.Tree // confined
	staging bool     // nobody else looks: files may be written in place
	limits  limits
	buf     []byte
	dirs    directories
	summary bridgepb.ArchiveSummary

	parent     at.Place // of the last entry, as neighbours tend to follow one another
	parentPath string
}

type limits struct{ content, entries int64 }

func (u *unpacker) run(r io.Reader, c bridgepb.Compression) error {
	plain, stop, err := decompressor(r, c)
	defer stop()
	if err != nil {
		return damaged(err)
	}
	m := newMeter(plain, u.limits.content, u.limits.entries)
	archive := tar.NewReader(m)
	for {
		if err := u.ctx.Err(); err != nil {
			return err
		}
		m.zeros = 0
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return damaged(m.end())
		}
		if err != nil {
			return damaged(err)
		}
		if err := u.entry(h, archive); err != nil {
			return err
		}
	}
}

// damaged: whatever the readers of tar, gzip and zstd complain about is a fault of the archive.
func damaged(err error) error {
	var known *fault.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return bad("the archive is damaged: %v", err)
}

func (u *unpacker) entry(h *tar.Header, content io.Reader) error {
	if u.summary.Entries++; u.summary.Entries > u.limits.entries {
		return overLimit("import", "the archive has more than %d entries", u.limits.entries)
	}
	path, err := cleanName(h.Name)
	if err != nil || leftover(path) || h.Typeflag == tar.TypeXGlobalHeader {
		return err
	}
	err = u.apply(path, h, content)
	switch err {
	case unix.ELOOP:
		return bad("%q: leads through a symbolic link", h.Name)
	case unix.EISDIR:
		return fault.FromErrno("import: a directory is in the way of", path, err)
	case unix.ENOTDIR:
		return fault.FromErrno("import: something else is where a directory must be:", path, err)
	}
	return fault.FromErrno("import", display(path), err)
}

func display(path string) string {
	if path == "" {
		return "./"
	}
	return path
}

func (u *unpacker) apply(path string, h *tar.Header, content io.Reader) error {
	if h.Typeflag == tar.TypeDir {
		return u.directory(path, h)
	}
	if path == "" {
		return bad("%q: only a directory can have this name", h.Name)
	}
	place, err := u.place(path)
	if err != nil {
		return err
	}
	switch h.Typeflag {
	case tar.TypeReg, tar.TypeCont, tar.TypeGNUSparse:
		return u.regular(place, h, content)
	case tar.TypeSymlink:
		return u.special(place, h, func(name string) error {
			return unix.Symlinkat(h.Linkname, place.Dir, name)
		})
	case tar.TypeFifo:
		return u.special(place, h, func(name string) error {
			return unix.Mknodat(place.Dir, name, unix.S_IFIFO|0o600, 0)
		})
	case tar.TypeLink:
		return u.hardLink(place, h)
	case tar.TypeChar, tar.TypeBlock:
		return bad("%q: devices are refused", h.Name)
	}
	return bad("%q: entries of type %q are not known", h.Name, h.Typeflag)
}

// place opens the parent, made if missing, without looking it up again for each entry.
func (u *unpacker) place(path string) (at.Place, error) {
	dir, name := "", path
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			dir, name = path[:i], path[i+1:]
			break
		}
	}
	if u.parent.Name != "" && u.parentPath == dir {
		u.parent.Name = name
		return u.parent, nil
	}
	u.forgetParent()
	place, err := u.tree.Place(path, true)
	if err == nil {
		u.parent, u.parentPath = place, dir
	}
	return place, err
}

func (u *unpacker) forgetParent() {
	if u.parent.Name != "" {
		u.parent.Close()
		u.parent = at.Place{}
	}
}
