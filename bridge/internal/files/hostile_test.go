package files

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"os"
	"strings"
	"testing"

	"dev.warren/bridge/internal/bridgepb"
	"google.golang.org/grpc/codes"
)

// pack writes headers as they are; regular files get as many "x" as their size says.
func pack(t testing.TB, headers ...tar.Header) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, h := range headers {
		if h.Mode == 0 {
			h.Mode = 0o644
		}
		must(t, w.WriteHeader(&h))
		_, err := w.Write(bytes.Repeat([]byte("x"), int(h.Size)))
		must(t, err)
	}
	must(t, w.Close())
	return out.Bytes()
}

func file(name string) tar.Header { return tar.Header{Name: name, Typeflag: tar.TypeReg, Size: 1} }

func symlink(name, target string) tar.Header {
	return tar.Header{Name: name, Typeflag: tar.TypeSymlink, Linkname: target}
}

func TestEntriesThatLeaveTheTargetAreRefused(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("d/", maxDepth+1) + "f"
	cases := map[string]struct {
		headers []tar.Header
		code    codes.Code
	}{
		"dots":                    {[]tar.Header{file("../outside/new")}, codes.InvalidArgument},
		"dots within":             {[]tar.Header{file("a/../../outside/new")}, codes.InvalidArgument},
		"absolute":                {[]tar.Header{file("/tmp/warren-escaped")}, codes.InvalidArgument},
		"planted link":            {[]tar.Header{symlink("l", "../outside"), file("l/new")}, codes.InvalidArgument},
		"planted link, directory": {[]tar.Header{symlink("l", "../outside"), {Name: "l/", Typeflag: tar.TypeDir, Mode: 0o700}}, codes.InvalidArgument},
		"planted link, deeper":    {[]tar.Header{symlink("a/l", "../../outside"), {Name: "a/l/sub/", Typeflag: tar.TypeDir}}, codes.InvalidArgument},
		"link there before":       {[]tar.Header{file("before/new")}, codes.InvalidArgument},
		"hard link outside":       {[]tar.Header{{Name: "h", Typeflag: tar.TypeLink, Linkname: "../outside/f"}}, codes.InvalidArgument},
		"hard link, absolute":     {[]tar.Header{{Name: "h", Typeflag: tar.TypeLink, Linkname: "/etc/passwd"}}, codes.InvalidArgument},
		"hard link through link":  {[]tar.Header{symlink("l", "../outside"), {Name: "h", Typeflag: tar.TypeLink, Linkname: "l/f"}}, codes.InvalidArgument},
		"hard link to a link":     {[]tar.Header{symlink("l", "../outside/f"), {Name: "h", Typeflag: tar.TypeLink, Linkname: "l"}}, codes.InvalidArgument},
		"hard link to nothing":    {[]tar.Header{{Name: "h", Typeflag: tar.TypeLink, Linkname: "none"}}, codes.InvalidArgument},
		"device":                  {[]tar.Header{{Name: "null", Typeflag: tar.TypeChar, Devmajor: 1, Devminor: 3}}, codes.InvalidArgument},
		"file as the target":      {[]tar.Header{file("./.")}, codes.InvalidArgument},
		"long component":          {[]tar.Header{file(strings.Repeat("n", 256))}, codes.InvalidArgument},
		"long name":               {[]tar.Header{file(strings.Repeat("name/", 1000) + "f")}, codes.InvalidArgument},
		"deep name":               {[]tar.Header{file(deep)}, codes.ResourceExhausted},
		"file over directory":     {[]tar.Header{{Name: "d/", Typeflag: tar.TypeDir}, file("d")}, codes.InvalidArgument},
		"directory over file":     {[]tar.Header{file("d"), {Name: "d/", Typeflag: tar.TypeDir}}, codes.InvalidArgument},
		"file below a file":       {[]tar.Header{file("d"), file("d/f")}, codes.InvalidArgument},
	}
	for name, c := range cases {
		for _, how := range []importing{mergeInto("to"), replaceInto("to")} {
			eachResolver(t, func(t *testing.T, s *sandbox) {
				s.put("outside/f", "outside")
				s.dir("to")
				s.link("../outside", "to/before")
				before := describe(t, s.path("to"))
				_, err := s.importTar(pack(t, c.headers...), how)
				replacing := how.header.GetMode() == bridgepb.ImportMode_IMPORT_MODE_REPLACE
				if name == "link there before" && replacing {
					must(t, err) // it is swapped out
				} else {
					wantCode(t, err, c.code)
				}
				if err != nil && replacing {
					equal(t, describe(t, s.path("to")), before)
				}
				s.names("outside", "f")
				s.names("", "outside", "to")
				s.holds("outside/f", "outside")
			}, name, how.header.GetMode().String())
		}
	}
}

func TestLinksAreMadeAsTheyAreAndReplacedAsSuch(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("outside/f", "outside")
	s.dir("to")
	s.link("../outside/f", "to/f")
	_, err := s.importTar(pack(t, symlink("out", "../outside"), symlink("l", "one"), symlink("l", "two"), file("f"),
		tar.Header{Name: "f", Typeflag: tar.TypeLink, Linkname: "f"}), mergeInto("to"))
	must(t, err)
	s.holds("outside/f", "outside")
	s.holds("to/f", "x")
	s.names("to", "f", "l", "out")
	if target, _ := os.Readlink(s.path("to/l")); target != "two" {
		t.Errorf("l leads to %s", target)
	}
}

func TestMergeKeepsWhatTheArchiveDoesNotName(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("to/d/kept", "kept")
	s.put("to/d/f", "old")
	_, err := s.importTar(pack(t, file("d/f"), file("new/f"), file("d/.warren-tmp-0123456789abcdef")), mergeInto("to"))
	must(t, err)
	s.holds("to/d/kept", "kept")
	s.holds("to/d/f", "x")
	s.names("to/d", "f", "kept")
	_, err = s.importTar(pack(t, file("d/f2"), file("../x")), mergeInto("to"))
	wantCode(t, err, codes.InvalidArgument)
	s.holds("to/d/f2", "x") // merged before the entry that failed
}

func TestTheLastOfSeveralEntriesForOneNameCounts(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.dir("to")
	_, err := s.importTar(pack(t, tar.Header{Name: "d/", Typeflag: tar.TypeDir, Mode: 0o700}, symlink("d/f", "none"), file("d/f"),
		tar.Header{Name: "d/", Typeflag: tar.TypeDir, Mode: 0o751}), replaceInto("to"))
	must(t, err)
	s.holds("to/d/f", "x")
	if got := mode(t, s.path("to/d")); got != os.ModeDir|0o751 {
		t.Errorf("mode %v", got)
	}
}

func TestABombEndsAtTheLimit(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	w := tar.NewWriter(z)
	must(t, w.WriteHeader(&tar.Header{Name: "bomb", Typeflag: tar.TypeReg, Mode: 0o644, Size: 1 << 40}))
	for range 64 {
		_, err := w.Write(make([]byte, 1<<20))
		must(t, err)
	}
	must(t, z.Close())
	s := start(t)
	s.put("to/f", "kept")
	i := replaceInto("to")
	i.header.MaxContentBytes = 1 << 20
	_, err := s.importTar(packed.Bytes(), i)
	wantCode(t, err, codes.ResourceExhausted)
	s.names("to", "f")
}
