// Package archive turns directories into tar streams and tar streams into directories.
package archive

import (
	"archive/tar"
	"context"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/files/at"
	"golang.org/x/sys/unix"
)

// ExportOptions says what becomes of a directory.
type ExportOptions struct {
	Compression bridgepb.Compression
	Exclude     []string
	// Send takes one frame; the bytes are reused afterwards.
	Send func([]byte) error
}

// Export writes the open directory dir as a PAX archive, sorted, the directory itself first as "./".
//
// It keeps regular files, directories, symbolic and hard links, fifos, modes, numeric owners, times
// to the nanosecond and user.* attributes. Sockets and devices are left out, as are the hidden files
// of writes and imports under way. Files may change meanwhile: each is as long as it was when it was
// opened, cut when it grew and filled with zeros when it shrank, so the archive is always valid.
// What cannot be read fails the export: a backup without it would look complete.
//
// Memory: one frame, one copy buffer, the compressor, the names of the directories on the way down,
// and 100 bytes for each file with several links until all of them were met, at most 26 MB.
func Export(ctx context.Context, dir int, o ExportOptions) (*bridgepb.ArchiveSummary, error) {
	excluded, err := newExclusions(o.Exclude)
	if err != nil {
		return nil, err
	}
	out := newChunks(o.Send)
	packed, err := compressor(out, o.Compression)
	if err != nil {
		return nil, err
	}
	e := &exporter{
		ctx: ctx, tar: tar.NewWriter(packed), excluded: excluded,
		links: map[fileID]*linked{}, buf: make([]byte, chunkBytes),
	}
	if err := e.root(dir); err != nil {
		return nil, err
	}
	if err := e.tar.Close(); err != nil {
		return nil, err
	}
	if err := packed.Close(); err != nil {
		return nil, err
	}
	if err := out.flush(); err != nil {
		return nil, err
	}
	e.summary.ArchiveBytes = out.total
	e.summary.Sha256 = out.sum.Sum(nil)
	return &e.summary, nil
}

func (e *exporter) root(dir int) error {
	st, err := at.Fstat(dir)
	if err != nil {
		return err
	}
	if err := e.write("./", &st, "", dir); err != nil {
		return err
	}
	return e.directory(dir, "", 0)
}

// batch bounds the names held on the way down, and keeps passes over huge directories few.
func batch(depth int) int {
	return max(16384>>min(depth, 14), 256)
}

func (e *exporter) directory(dir int, prefix string, depth int) error {
	if depth >= maxDepth {
		return overLimit("export", "%s: deeper than %d directories", prefix, maxDepth)
	}
	from := ""
	for {
		names, more, err := at.Smallest(dir, from, batch(depth))
		if err != nil {
			return e.fail(prefix, err)
		}
		for _, name := range names {
			if err := e.ctx.Err(); err != nil {
				return err
			}
			if at.IsOwn(name, at.TempPrefix) || at.IsOwn(name, at.ImportPrefix) || e.excluded[prefix+name] {
				continue
			}
			if err := e.entry(dir, name, prefix+name, depth); err != nil {
				return e.fail(prefix+name, err)
			}
		}
		if !more {
			return nil
		}
		from = at.After(names[len(names)-1])
	}
}

// entry opens the name once, without following it; all that is said about it comes from there.
func (e *exporter) entry(dir int, name, path string, depth int) error {
	fd, err := at.Open(dir, name, unix.O_PATH|unix.O_NOFOLLOW, 0)
	if err == unix.ENOENT {
		return nil // gone since the directory was read
	}
	if err != nil {
		return err
	}
	defer at.Close(fd)
	st, err := at.Fstat(fd)
	if err != nil {
		return err
	}
	switch at.Kind(&st) {
	case unix.S_IFREG:
		return e.regular(fd, path, &st)
	case unix.S_IFDIR:
		return e.subdirectory(fd, path, &st, depth)
	case unix.S_IFLNK:
		target, err := at.Readlink(fd, "")
		if err != nil {
			return err
		}
		return e.write(path, &st, target, -1)
	case unix.S_IFIFO:
		return e.write(path, &st, "", -1)
	}
	return nil
}
