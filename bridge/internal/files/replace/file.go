// Package replace writes files so that others see the old content or the new one, never a part,
// and so that the new one survives a crash once the call has returned.
//
// The content goes to a nameless file (O_TMPFILE) in the same directory, or to a hidden one where
// the file system has none, and is renamed over the target. So a write breaks hard links: other
// names of the old file keep the old content.
package replace

import (
	"dev.warren/bridge/internal/files/at"
	"golang.org/x/sys/unix"
)

// Options says when and as what a file is written.
type Options struct {
	Path         string  // as asked, for messages
	Mode         *uint32 // nil: that of the existing file, else 0644
	Expected     string  // revision the target must still have, "" for any
	MustNotExist bool
}

// File is a write that others cannot see yet. Either Commit or Abort ends it; a second end is
// ignored.
type File struct {
	place   at.Place
	options Options
	fd      int
	temp    string // "" while the file has no name
}

const newMode = 0o644

// Begin checks the target early, so that nobody sends gigabytes in vain. The place stays open and
// in the hands of the caller until the file has ended.
func Begin(place at.Place, options Options) (*File, error) {
	old, err := check(place, options)
	if err != nil {
		return nil, err
	}
	at.Close(old)
	f := &File{place: place, options: options}
	if err := f.open(); err != nil {
		return nil, err
	}
	return f, nil
}

// A crash leaves nothing of a nameless file. Some file systems have none, and say so differently.
func (f *File) open() (err error) {
	f.fd, err = at.Open(f.place.Dir, ".", unix.O_TMPFILE|unix.O_RDWR, 0o600)
	if err == nil || err == unix.EACCES || err == unix.ENOSPC || err == unix.EROFS {
		return err
	}
	return f.openNamed()
}

func (f *File) openNamed() (err error) {
	temp := at.RandomName(at.TempPrefix)
	f.fd, err = at.Open(f.place.Dir, temp, unix.O_CREAT|unix.O_EXCL|unix.O_RDWR|unix.O_NOFOLLOW, 0o600)
	if err == nil {
		f.temp = temp
	}
	return err
}

// Write takes all of data or fails.
func (f *File) Write(data []byte) (int, error) {
	written := 0
	for written < len(data) {
		n, err := unix.Write(f.fd, data[written:])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return written, err
		}
		written += n
	}
	return written, nil
}

// One call of the kernel takes no more pieces.
const mostPieces = 1024

// WritePieces writes all of them, one after the other, or fails. It cuts off in the slice what is
// written.
func (f *File) WritePieces(pieces [][]byte) error {
	for len(pieces) > 0 {
		n, err := unix.Writev(f.fd, pieces[:min(len(pieces), mostPieces)])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return err
		}
		pieces = behind(pieces, n)
	}
	return nil
}

// behind is what is left of pieces after n bytes.
func behind(pieces [][]byte, n int) [][]byte {
	for len(pieces) > 0 && n >= len(pieces[0]) {
		n -= len(pieces[0])
		pieces = pieces[1:]
	}
	if len(pieces) > 0 {
		pieces[0] = pieces[0][n:]
	}
	return pieces
}

// Abort leaves the target as it is and nothing beside it.
func (f *File) Abort() {
	if f.temp != "" {
		_ = unix.Unlinkat(f.place.Dir, f.temp, 0)
		f.temp = ""
	}
	at.Close(f.fd)
	f.fd = -1
}
