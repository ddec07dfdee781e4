package files

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// unimplemented lies one level deeper than Service, whose methods therefore win.
type unimplemented struct {
	bridgepb.UnimplementedContainerServiceServer
}

type server struct {
	unimplemented
	*Service
}

// sandbox is a service on a unix socket, and its root directory.
type sandbox struct {
	bridgepb.ContainerServiceClient
	t       testing.TB
	service *Service
	root    string
	ctx     context.Context
}

func start(t testing.TB) *sandbox { return startAt(t, t.TempDir()) }

func startAt(t testing.TB, root string) *sandbox {
	t.Helper()
	service, err := New(root)
	if err != nil {
		t.Fatal(err)
	}
	s := grpc.NewServer(grpc.InitialWindowSize(4<<20), grpc.InitialConnWindowSize(8<<20), grpc.UnaryInterceptor(fault.Unary), grpc.StreamInterceptor(fault.Stream))
	bridgepb.RegisterContainerServiceServer(s, server{Service: service})
	conn := serve(t, s)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	return &sandbox{bridgepb.NewContainerServiceClient(conn), t, service, root, ctx}
}

func serve(t testing.TB, s *grpc.Server) *grpc.ClientConn {
	t.Helper()
	dir, err := os.MkdirTemp("", "w")
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve(listener)
	conn, err := grpc.NewClient("unix:"+socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		s.Stop()
		os.RemoveAll(dir)
	})
	return conn
}

func (s *sandbox) path(name string) string { return filepath.Join(s.root, name) }

func (s *sandbox) put(name, content string) {
	s.t.Helper()
	must(s.t, os.MkdirAll(filepath.Dir(s.path(name)), 0o755))
	must(s.t, os.WriteFile(s.path(name), []byte(content), 0o644))
}

func (s *sandbox) dir(name string) {
	s.t.Helper()
	must(s.t, os.MkdirAll(s.path(name), 0o755))
}

func (s *sandbox) link(target, name string) {
	s.t.Helper()
	must(s.t, os.Symlink(target, s.path(name)))
}

func (s *sandbox) holds(name, want string) {
	s.t.Helper()
	got, err := os.ReadFile(s.path(name))
	if err != nil || string(got) != want {
		s.t.Errorf("%s holds %.100q (%v), want %.100q", name, got, err, want)
	}
}

func (s *sandbox) absent(name string) {
	s.t.Helper()
	if _, err := os.Lstat(s.path(name)); !os.IsNotExist(err) {
		s.t.Errorf("%s is there (%v)", name, err)
	}
}

// names is what a directory contains, hidden files included.
func (s *sandbox) names(dir string, want ...string) {
	s.t.Helper()
	entries, err := os.ReadDir(s.path(dir))
	must(s.t, err)
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	equal(s.t, got, want)
}

// readRaw collects a stream; the header comes first or not at all.
func (s *sandbox) readRaw(req *bridgepb.ReadRawRequest) (*bridgepb.FileEntry, []byte, error) {
	stream, err := s.ReadRaw(s.ctx, req)
	must(s.t, err)
	first, err := stream.Recv()
	if err != nil {
		return nil, nil, err
	}
	if first.GetHeader() == nil {
		s.t.Fatal("the first frame is no header")
	}
	var content []byte
	for {
		frame, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return first.GetHeader(), content, nil
		}
		if err != nil {
			return first.GetHeader(), content, err
		}
		content = append(content, frame.GetData()...)
	}
}

// writeRaw sends the frames as they are.
func (s *sandbox) writeRaw(frames ...*bridgepb.WriteRawRequest) (*bridgepb.FileEntry, error) {
	stream, err := s.WriteRaw(s.ctx)
	must(s.t, err)
	for _, frame := range frames {
		if stream.Send(frame) != nil {
			break // the status tells why
		}
	}
	resp, err := stream.CloseAndRecv()
	return resp.GetEntry(), err
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t testing.TB, got, want []T) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Errorf("%d and %d elements, different from %d on:\ngot  %v\nwant %v",
				len(got), len(want), i, got[min(i, len(got)):], want[min(i, len(want)):])
			return
		}
	}
}

// reasonName is what a client finds in the trailer.
func reasonName(md metadata.MD) string {
	if values := md.Get(fault.Trailer); len(values) == 1 {
		return values[0]
	}
	return ""
}

func wantCode(t testing.TB, err error, code codes.Code) {
	t.Helper()
	if status.Code(err) != code {
		t.Errorf("got %v, want %v", err, code)
	}
}

// fails checks the status over the wire and the reason in the trailer of a unary call.
func fails(t testing.TB, code codes.Code, reason string, call func(...grpc.CallOption) error) {
	t.Helper()
	var md metadata.MD
	err := call(grpc.Trailer(&md))
	if status.Code(err) != code || reasonName(md) != reason {
		t.Errorf("got %v (%q), want %v (%q)", err, reasonName(md), code, reason)
	}
}
