package archive

import (
	"archive/tar"
	"context"
	"io"
	"os"
	"strings"
	"time"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"dev.warren/bridge/internal/files/at"
	"golang.org/x/sys/unix"
)

// maxDepth bounds descriptors and stack on both ways.
const maxDepth = 500

const maxLinked = 1 << 18

type exporter struct {
	ctx      context.Context
	tar      *tar.Writer
	excluded exclusions
	links    map[fileID]*linked
	buf      []byte
	summary  bridgepb.ArchiveSummary
}

type fileID struct{ dev, ino uint64 }

// linked remembers the first name of a file until as many names were met as it has links.
type linked struct {
	path string
	left uint64
}

func (e *exporter) fail(path string, err error) error {
	return fault.FromErrno("export", strings.ToValidUTF8(path, "\ufffd"), err)
}

func (e *exporter) subdirectory(handle int, path string, st *unix.Stat_t, depth int) error {
	dir, err := at.Open(handle, ".", unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err == unix.ENOENT {
		return nil
	}
	if err != nil {
		return err
	}
	defer at.Close(dir)
	if err := e.write(path+"/", st, "", dir); err != nil {
		return err
	}
	return e.directory(dir, path+"/", depth+1)
}

func (e *exporter) regular(handle int, path string, st *unix.Stat_t) error {
	if first := e.firstName(path, st); first != "" {
		header := headerOf(path, st)
		header.Typeflag, header.Linkname, header.Size = tar.TypeLink, first, 0
		e.summary.Entries++
		return e.tar.WriteHeader(header)
	}
	fd, err := at.Reopen(handle, unix.O_RDONLY|unix.O_NOCTTY)
	if err != nil {
		return err
	}
	file := os.NewFile(uintptr(fd), path)
	defer file.Close()
	if *st, err = at.Fstat(fd); err != nil {
		return err
	}
	if err := e.write(path, st, "", fd); err != nil {
		return err
	}
	e.summary.ContentBytes += st.Size
	return e.content(file, st.Size)
}

// firstName is the name under which a file with several links is in the archive already. When too
// many are open the rest is exported as files of their own.
func (e *exporter) firstName(path string, st *unix.Stat_t) string {
	if st.Nlink < 2 {
		return ""
	}
	id := fileID{st.Dev, st.Ino}
	known := e.links[id]
	if known == nil {
		if len(e.links) < maxLinked {
			e.links[id] = &linked{path: path, left: uint64(st.Nlink) - 1}
		}
		return ""
	}
	if known.left--; known.left == 0 {
		delete(e.links, id)
	}
	return known.path
}

// content writes exactly size bytes, whatever has happened to the file.
func (e *exporter) content(file io.Reader, size int64) error {
	for size > 0 {
		if err := e.ctx.Err(); err != nil {
			return err
		}
		buf := e.buf[:min(int64(len(e.buf)), size)]
		n, err := file.Read(buf)
		if err == io.EOF {
			clear(buf)
			n = len(buf)
		} else if err != nil {
			return err
		}
		if _, err := e.tar.Write(buf[:n]); err != nil {
			return err
		}
		size -= int64(n)
	}
	return nil
}

// write puts one header; attributes are read from fd where there is one.
func (e *exporter) write(path string, st *unix.Stat_t, target string, fd int) error {
	header := headerOf(path, st)
	header.Linkname = target
	if fd >= 0 {
		header.PAXRecords = attributes(fd)
	}
	e.summary.Entries++
	return e.tar.WriteHeader(header)
}

func headerOf(path string, st *unix.Stat_t) *tar.Header {
	h := &tar.Header{
		Format:  tar.FormatPAX,
		Name:    path,
		Mode:    int64(st.Mode & 0o7777),
		Uid:     int(st.Uid),
		Gid:     int(st.Gid),
		ModTime: time.Unix(st.Mtim.Unix()),
	}
	switch at.Kind(st) {
	case unix.S_IFREG:
		h.Typeflag, h.Size = tar.TypeReg, st.Size
	case unix.S_IFDIR:
		h.Typeflag = tar.TypeDir
	case unix.S_IFLNK:
		h.Typeflag = tar.TypeSymlink
	case unix.S_IFIFO:
		h.Typeflag = tar.TypeFifo
	}
	return h
}
