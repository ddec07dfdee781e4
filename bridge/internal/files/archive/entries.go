package archive

import (
	"archive/tar"
	"errors"
	"io"

	"dev.warren/bridge/internal/files/at"
	"golang.org/x/sys/unix"
)

// claim chooses the name to build an entry under: its own where nobody could see it half made, else
// a hidden one that settle renames. A directory is never replaced by something else.
func (u *unpacker) claim(p at.Place) (string, error) {
	st, err := p.Lstat()
	switch {
	case err == unix.ENOENT && u.staging:
		return p.Name, nil
	case err == nil && at.IsDir(&st):
		return "", unix.EISDIR
	case err == nil || err == unix.ENOENT:
		return at.RandomName(at.TempPrefix), nil
	}
	return "", err
}

// settle brings the finished entry to its place, or removes it when it failed.
func (u *unpacker) settle(p at.Place, name string, err error) error {
	if name == p.Name {
		return err
	}
	if err == nil {
		err = unix.Renameat(p.Dir, name, p.Dir, p.Name)
	}
	// Also after success: a rename between two names of one file does nothing.
	_ = unix.Unlinkat(p.Dir, name, 0)
	return err
}

func (u *unpacker) regular(p at.Place, h *tar.Header, content io.Reader) error {
	if h.Size > u.limits.content-u.summary.ContentBytes {
		return overLimit("import", "%q: exceeds the limit of %d bytes of content", h.Name, u.limits.content)
	}
	name, err := u.claim(p)
	if err != nil {
		return err
	}
	fd, err := at.Open(p.Dir, name, unix.O_CREAT|unix.O_EXCL|unix.O_WRONLY|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return err
	}
	err = u.copy(fd, h.Size, content)
	if err == nil {
		err = looksOf(h).dress(fd)
	}
	if closeErr := unix.Close(fd); err == nil {
		err = closeErr
	}
	return u.settle(p, name, err)
}

func (u *unpacker) copy(fd int, size int64, content io.Reader) error {
	for size > 0 {
		if err := u.ctx.Err(); err != nil {
			return err
		}
		n, err := content.Read(u.buf[:min(int64(len(u.buf)), size)])
		if writeErr := writeAll(fd, u.buf[:n]); writeErr != nil {
			return writeErr
		}
		size -= int64(n)
		u.summary.ContentBytes += int64(n)
		if err != nil && (size > 0 || !errors.Is(err, io.EOF)) {
			return damaged(err)
		}
	}
	return nil
}

func writeAll(fd int, data []byte) error {
	for len(data) > 0 {
		n, err := unix.Write(fd, data)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}

// special makes links and pipes. They are dressed through a descriptor of what was made.
func (u *unpacker) special(p at.Place, h *tar.Header, create func(name string) error) error {
	if h.Typeflag == tar.TypeSymlink && (h.Linkname == "" || len(h.Linkname) >= unix.PathMax) {
		return bad("%q: no symbolic link has such a target", h.Name)
	}
	name, err := u.claim(p)
	if err != nil {
		return err
	}
	if err := create(name); err != nil {
		return err
	}
	fd, err := at.Open(p.Dir, name, unix.O_PATH|unix.O_NOFOLLOW, 0)
	if err == nil {
		err = looksOf(h).dressHandle(fd)
		at.Close(fd)
	}
	return u.settle(p, name, err)
}

// hardLink links to a file beneath the same directory; nothing else can be named.
func (u *unpacker) hardLink(p at.Place, h *tar.Header) error {
	target, err := cleanName(h.Linkname)
	if err != nil {
		return err
	}
	if target == "" {
		return bad("%q: hard link to a directory", h.Name)
	}
	from, err := u.tree.Place(target, false)
	if err == nil {
		defer from.Close()
		var st unix.Stat_t
		st, err = from.Lstat()
		if err == nil && at.Kind(&st) != unix.S_IFREG {
			return bad("%q: hard link to %q, which is no regular file", h.Name, h.Linkname)
		}
	}
	if err == unix.ENOENT {
		return bad("%q: hard link to %q, which is not there", h.Name, h.Linkname)
	}
	if err != nil {
		return err
	}
	name, err := u.claim(p)
	if err != nil {
		return err
	}
	if err := unix.Linkat(from.Dir, from.Name, p.Dir, name, 0); err != nil {
		return err
	}
	return u.settle(p, name, nil)
}
