package files

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"dev.warren/bridge/internal/bridgepb"
	"golang.org/x/sys/unix"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
)

func TestReadRawSendsTheHeaderThenEveryByte(t *testing.T) {
	t.Parallel()
	s := start(t)
	content := bytes.Repeat([]byte("0123456789abcdef\x00\xff\n"), 50_000)
	s.put("f", string(content))
	header, got, err := s.readRaw(&bridgepb.ReadRawRequest{Path: "f"})
	must(t, err)
	if !bytes.Equal(got, content) || header.GetSize() != int64(len(content)) || header.GetPath() != "f" {
		t.Errorf("%d bytes, header %v", len(got), header)
	}
}

func TestReadRawOfARange(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("f", "0123456789")
	s.put("empty", "")
	cases := []struct {
		path           string
		offset, length int64
		want           string
	}{
		{"f", 3, 4, "3456"}, {"f", 3, 0, "3456789"}, {"f", 8, 100, "89"},
		{"f", 10, 0, ""}, {"f", 99, 5, ""}, {"f", 1 << 62, 1 << 62, ""}, {"empty", 0, 0, ""},
	}
	for _, c := range cases {
		_, got, err := s.readRaw(&bridgepb.ReadRawRequest{Path: c.path, Offset: c.offset, Length: c.length})
		if err != nil || string(got) != c.want {
			t.Errorf("%+v: got %q, %v", c, got, err)
		}
	}
	for _, req := range []*bridgepb.ReadRawRequest{{Path: "f", Offset: -1}, {Path: "f", Length: -1}} {
		_, _, err := s.readRaw(req)
		wantCode(t, err, codes.InvalidArgument)
	}
}

func TestReadsTellApartWhyTheyFail(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.dir("d")
	s.put("f", "")
	must(t, unix.Mkfifo(s.path("pipe"), 0o644))
	s.link("none", "dangling")
	cases := []struct {
		path   string
		code   codes.Code
		reason string
	}{
		{"none", codes.NotFound, ""}, {"dangling", codes.NotFound, ""},
		{"d", codes.InvalidArgument, "IS_DIRECTORY"}, {"", codes.InvalidArgument, "IS_DIRECTORY"},
		{"pipe", codes.InvalidArgument, "NOT_REGULAR"}, {"/dev/zero", codes.InvalidArgument, "NOT_REGULAR"},
		{"f/below", codes.InvalidArgument, "NOT_DIRECTORY"}, {"f/", codes.InvalidArgument, "NOT_DIRECTORY"},
		{"x\x00y", codes.InvalidArgument, ""},
	}
	for _, c := range cases {
		fails(t, c.code, c.reason, func(opts ...grpc.CallOption) error {
			_, err := s.ReadFile(s.ctx, &bridgepb.ReadFileRequest{Path: c.path}, opts...)
			return err
		})
		stream, err := s.ReadRaw(s.ctx, &bridgepb.ReadRawRequest{Path: c.path})
		must(t, err)
		_, err = stream.Recv() // in place of the header
		wantCode(t, err, c.code)
		if got := reasonName(stream.Trailer()); got != c.reason {
			t.Errorf("ReadRaw %s: reason %q", c.path, got)
		}
	}
}

func TestReadRawOfFilesWithoutASize(t *testing.T) {
	t.Parallel()
	s := start(t)
	_, got, err := s.readRaw(&bridgepb.ReadRawRequest{Path: "/proc/self/stat"})
	if err != nil || len(got) == 0 {
		t.Errorf("%q, %v", got, err)
	}
}

func TestAFileCutWhileItIsReadEndsEarly(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("f", strings.Repeat("x", 8<<20))
	stream, err := s.ReadRaw(s.ctx, &bridgepb.ReadRawRequest{Path: "f"})
	must(t, err)
	first, err := stream.Recv()
	must(t, err)
	must(t, os.Truncate(s.path("f"), 0)) // flow control holds the rest back
	total := 0
	for {
		frame, err := stream.Recv()
		if err != nil {
			break
		}
		total += len(frame.GetData())
	}
	if first.GetHeader().GetSize() != 8<<20 || total >= 8<<20 {
		t.Errorf("header %v, %d bytes", first, total)
	}
}

func TestACancelledReadEnds(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("f", strings.Repeat("x", 8<<20))
	ctx, cancel := context.WithCancel(s.ctx)
	stream, err := s.ReadRaw(ctx, &bridgepb.ReadRawRequest{Path: "f"})
	must(t, err)
	_, err = stream.Recv()
	must(t, err)
	cancel()
	for err == nil {
		_, err = stream.Recv()
	}
	wantCode(t, err, codes.Canceled)
}

func TestReadFileAnswersAPageOfLines(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("f", "one\r\ntwo\nthree\nfour")
	read := func(req *bridgepb.ReadFileRequest) *bridgepb.ReadFileResponse {
		req.Path = "f"
		resp, err := s.ReadFile(s.ctx, req)
		must(t, err)
		return resp
	}
	all := read(&bridgepb.ReadFileRequest{})
	if all.GetContent() != "one\r\ntwo\nthree\nfour" || all.GetLines() != 4 || all.GetFirstLine() != 1 || all.GetMore() {
		t.Errorf("all: %v", all)
	}
	if all.GetEntry().GetSize() != 19 || all.GetEntry().GetRevision() == "" {
		t.Errorf("entry: %v", all.GetEntry())
	}
	middle := read(&bridgepb.ReadFileRequest{FirstLine: 2, MaxLines: 2})
	if middle.GetContent() != "two\nthree\n" || middle.GetFirstLine() != 2 || middle.GetTotalLines() != 4 || !middle.GetMore() {
		t.Errorf("middle: %v", middle)
	}
	cut := read(&bridgepb.ReadFileRequest{MaxLineChars: 3})
	if cut.GetContent() != "one\r\ntwo\nthr\nfou" || cut.GetCutLines() != 2 {
		t.Errorf("cut: %v", cut)
	}
	beyond := read(&bridgepb.ReadFileRequest{FirstLine: 1 << 60})
	if beyond.GetContent() != "" || beyond.GetTotalLines() != 4 || beyond.GetMore() {
		t.Errorf("beyond: %v", beyond)
	}
	_, err := s.ReadFile(s.ctx, &bridgepb.ReadFileRequest{Path: "f", FirstLine: -1})
	wantCode(t, err, codes.InvalidArgument)
}

func TestReadFileOfBinariesAndOfNothing(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("binary", "ELF\x00\x01")
	s.put("empty", "")
	binary, err := s.ReadFile(s.ctx, &bridgepb.ReadFileRequest{Path: "binary"})
	must(t, err)
	if !binary.GetBinary() || binary.GetContent() != "" || binary.GetMore() {
		t.Errorf("%v", binary)
	}
	empty, err := s.ReadFile(s.ctx, &bridgepb.ReadFileRequest{Path: "empty"})
	must(t, err)
	if empty.GetBinary() || empty.GetTotalLines() != 0 || empty.GetMore() {
		t.Errorf("%v", empty)
	}
}

func TestReadFileKeepsAnAnswerBelowTheMessageLimit(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("f", strings.Repeat(strings.Repeat("\xff", 1000)+"\n", 3000))
	resp, err := s.ReadFile(s.ctx, &bridgepb.ReadFileRequest{Path: "f", MaxBytes: 1 << 31, MaxLines: 1 << 31})
	must(t, err)
	if len(resp.GetContent()) > maxContentBytes || !resp.GetMore() || resp.GetTotalLines() != 3000 {
		t.Errorf("%d bytes, more %v", len(resp.GetContent()), resp.GetMore())
	}
}
