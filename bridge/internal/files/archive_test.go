package files

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dev.warren/bridge/internal/bridgepb"
	"golang.org/x/sys/unix"
	"google.golang.org/grpc/codes"
)

func (s *sandbox) export(req *bridgepb.ExportRequest) ([]byte, *bridgepb.ArchiveSummary, error) {
	stream, err := s.Export(s.ctx, req)
	must(s.t, err)
	var archive []byte
	var summary *bridgepb.ArchiveSummary
	for {
		resp, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return archive, summary, nil
		}
		if err != nil {
			return archive, summary, err
		}
		archive = append(archive, resp.GetData()...)
		summary = resp.GetSummary()
	}
}

type importing struct {
	header *bridgepb.ImportHeader
	commit *bridgepb.ImportCommit // nil: that of the archive
	cut    bool                   // no commit at all
}

func (s *sandbox) importTar(archive []byte, i importing) (*bridgepb.ArchiveSummary, error) {
	stream, err := s.Import(s.ctx)
	must(s.t, err)
	send := func(req *bridgepb.ImportRequest) { _ = stream.Send(req) } // the status tells why
	send(&bridgepb.ImportRequest{Frame: &bridgepb.ImportRequest_Header{Header: i.header}})
	for rest := archive; len(rest) > 0; {
		n := min(len(rest), 100_000)
		send(&bridgepb.ImportRequest{Frame: &bridgepb.ImportRequest_Data{Data: rest[:n]}})
		rest = rest[n:]
	}
	if i.commit == nil {
		sum := sha256.Sum256(archive)
		i.commit = &bridgepb.ImportCommit{Bytes: int64(len(archive)), Sha256: sum[:]}
	}
	if !i.cut {
		send(&bridgepb.ImportRequest{Frame: &bridgepb.ImportRequest_Commit{Commit: i.commit}})
	}
	resp, err := stream.CloseAndRecv()
	return resp.GetSummary(), err
}

func replaceInto(path string) importing {
	return importing{header: &bridgepb.ImportHeader{Path: path, Mode: bridgepb.ImportMode_IMPORT_MODE_REPLACE}}
}

func mergeInto(path string) importing {
	return importing{header: &bridgepb.ImportHeader{Path: path, Mode: bridgepb.ImportMode_IMPORT_MODE_MERGE}}
}

// describe is everything an archive has to keep, one line per entry.
func describe(t *testing.T, root string) []string {
	t.Helper()
	var out []string
	must(t, filepath.WalkDir(root, func(path string, _ os.DirEntry, err error) error {
		must(t, err)
		var st unix.Stat_t
		must(t, unix.Lstat(path, &st))
		name, _ := filepath.Rel(root, path)
		line := fmt.Sprintf("%q %o %d:%d %d", name, st.Mode, st.Uid, st.Gid, st.Mtim.Nano())
		switch st.Mode & unix.S_IFMT {
		case unix.S_IFLNK:
			target, _ := os.Readlink(path)
			line += " -> " + target
		case unix.S_IFREG:
			content, err := os.ReadFile(path)
			must(t, err)
			line += fmt.Sprintf(" %d links %x", st.Nlink, sha256.Sum256(content))
		}
		value := make([]byte, 100)
		if n, err := unix.Lgetxattr(path, "user.note", value); err == nil {
			line += fmt.Sprintf(" note %q", value[:n])
		}
		out = append(out, line)
		return nil
	}))
	return out
}

// treasury has one of everything an archive keeps.
func treasury(t *testing.T, s *sandbox, dir string) {
	t.Helper()
	s.put(dir+"/f", strings.Repeat("content", 100_000))
	s.put(dir+"/empty", "")
	s.put(dir+"/sub/deep/exec", "#!/bin/sh\n")
	must(t, os.Chmod(s.path(dir+"/sub/deep/exec"), 0o755|os.ModeSetuid))
	s.dir(dir + "/sub/empty")
	must(t, os.Chmod(s.path(dir+"/sub/empty"), 0o777|os.ModeSticky))
	s.link("/nowhere", dir+"/absolute")
	s.link("sub/deep", dir+"/relative")
	must(t, os.Link(s.path(dir+"/f"), s.path(dir+"/sub/hard")))
	must(t, unix.Mkfifo(s.path(dir+"/pipe"), 0o640))
	s.put(dir+"/"+strings.Repeat("long", 60)+"/"+strings.Repeat("name", 60), "x")
	s.put(dir+"/bad\xffname ü", "x")
	_ = unix.Setxattr(s.path(dir+"/f"), "user.note", []byte("a\x00b"), 0)
	if os.Geteuid() == 0 {
		must(t, os.Lchown(s.path(dir+"/absolute"), 1000, 1001))
		must(t, os.Chown(s.path(dir+"/sub/empty"), 1002, 1003))
	}
	must(t, os.Chmod(s.path(dir+"/sub/deep"), 0o555))
	t.Cleanup(func() { _ = os.Chmod(s.path(dir+"/sub/deep"), 0o755) })
	old := time.Unix(1_000_000_000, 123_456_789)
	for _, name := range []string{"f", "sub/deep", "sub", ""} {
		must(t, os.Chtimes(filepath.Join(s.path(dir), name), old, old))
	}
}

func TestAnArchiveKeepsEverything(t *testing.T) {
	t.Parallel()
	for name, compression := range map[string]bridgepb.Compression{
		"plain": bridgepb.Compression_COMPRESSION_NONE,
		"gzip":  bridgepb.Compression_COMPRESSION_GZIP,
		"zstd":  bridgepb.Compression_COMPRESSION_ZSTD,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			treasury(t, s, "from")
			want := describe(t, s.path("from"))
			archive, summary, err := s.export(&bridgepb.ExportRequest{Path: "from", Compression: compression})
			must(t, err)
			sum := sha256.Sum256(archive)
			if summary.GetArchiveBytes() != int64(len(archive)) || !bytes.Equal(summary.GetSha256(), sum[:]) ||
				summary.GetEntries() != int64(len(want)) || summary.GetContentBytes() != 700_000+10+2 {
				t.Errorf("summary %v", summary)
			}
			for to, how := range map[string]importing{"merged": mergeInto("merged"), "replaced": replaceInto("replaced")} {
				s.put(to+"/f", "old")
				if to == "replaced" {
					s.put(to+"/old/file", "old")
				}
				in, err := s.importTar(archive, how)
				must(t, err)
				equal(t, describe(t, s.path(to)), want)
				if in.GetEntries() != summary.GetEntries() || in.GetContentBytes() != summary.GetContentBytes() {
					t.Errorf("summary %v", in)
				}
			}
			again, _, err := s.export(&bridgepb.ExportRequest{Path: "replaced", Compression: compression})
			if err != nil || !bytes.Equal(again, archive) {
				t.Errorf("a second export differs: %v", err)
			}
		})
	}
}

func TestExportLeavesOutWhatIsExcludedAndWhatIsNoContent(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, f := range []string{"d/keep/x", "d/cache/x", "d/keep/cache/x", "d/keep/skip", "d/.warren-tmp-0123456789abcdef"} {
		s.put(f, f)
	}
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	must(t, err)
	defer unix.Close(fd)
	if len(s.path("d/socket")) < 100 {
		must(t, unix.Bind(fd, &unix.SockaddrUnix{Name: s.path("d/socket")}))
	}
	archive, _, err := s.export(&bridgepb.ExportRequest{Path: "d", Exclude: []string{"cache", "./keep/skip/"}})
	must(t, err)
	s.dir("to")
	_, err = s.importTar(archive, mergeInto("to"))
	must(t, err)
	s.names("to", "keep")
	s.names("to/keep", "cache", "x")
	for _, exclude := range []string{"/d", "..", "a/../..", "", "."} {
		_, _, err := s.export(&bridgepb.ExportRequest{Path: "d", Exclude: []string{exclude}})
		wantCode(t, err, codes.InvalidArgument)
	}
}

func TestExportFailsBeforeItsFirstChunk(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("f", "")
	for path, code := range map[string]codes.Code{"none": codes.NotFound, "f": codes.InvalidArgument} {
		archive, _, err := s.export(&bridgepb.ExportRequest{Path: path})
		wantCode(t, err, code)
		if len(archive) > 0 {
			t.Errorf("%d bytes came before the error", len(archive))
		}
	}
}

func TestAnImportThatIsNotCommittedChangesNothing(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("from/f", strings.Repeat("new", 1000))
	good, _, err := s.export(&bridgepb.ExportRequest{Path: "from"})
	must(t, err)
	packed, _, err := s.export(&bridgepb.ExportRequest{Path: "from", Compression: bridgepb.Compression_COMPRESSION_GZIP})
	must(t, err)
	flipped := bytes.Clone(packed)
	flipped[len(flipped)-5] ^= 1 // in the checksum of gzip
	cases := map[string]struct {
		archive []byte
		change  func(*importing)
		code    codes.Code
	}{
		"no commit":   {good, func(i *importing) { i.cut = true }, codes.Aborted},
		"wrong count": {good, func(i *importing) { i.commit = &bridgepb.ImportCommit{Bytes: 1} }, codes.Aborted},
		"wrong sum": {good, func(i *importing) {
			i.commit = &bridgepb.ImportCommit{Bytes: int64(len(good)), Sha256: make([]byte, 32)}
		}, codes.InvalidArgument},
		"empty":             {nil, nil, codes.InvalidArgument},
		"no tar":            {bytes.Repeat([]byte("x"), 2000), nil, codes.InvalidArgument},
		"cut in a file":     {good[:len(good)-3000], nil, codes.InvalidArgument},
		"cut behind a file": {good[:len(good)-1024], nil, codes.InvalidArgument},
		"cut gzip":          {packed[:len(packed)-20], nil, codes.InvalidArgument},
		"damaged gzip":      {flipped, nil, codes.InvalidArgument},
		"too many entries":  {good, func(i *importing) { i.header.MaxEntries = 1 }, codes.ResourceExhausted},
		"too much content":  {good, func(i *importing) { i.header.MaxContentBytes = 2999 }, codes.ResourceExhausted},
		"negative limit":    {good, func(i *importing) { i.header.MaxEntries = -1 }, codes.InvalidArgument},
		"no such target":    {good, func(i *importing) { i.header.Path = "none" }, codes.NotFound},
		"target is a file":  {good, func(i *importing) { i.header.Path = "to/f" }, codes.InvalidArgument},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			treasury(t, s, "to")
			before := describe(t, s.path("to"))
			i := replaceInto("to")
			if c.change != nil {
				c.change(&i)
			}
			_, err := s.importTar(c.archive, i)
			wantCode(t, err, c.code)
			equal(t, describe(t, s.path("to")), before)
		})
	}
}

func TestImportIntoTheRootKeepsTheDirectoryItself(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("f", "one")
	archive, _, err := s.export(&bridgepb.ExportRequest{Compression: bridgepb.Compression_COMPRESSION_ZSTD})
	must(t, err)
	before := describe(t, s.root)
	s.put("f", "two")
	s.put("more/f", "x")
	_, err = s.importTar(archive, replaceInto(""))
	must(t, err)
	equal(t, describe(t, s.root), before)
}
