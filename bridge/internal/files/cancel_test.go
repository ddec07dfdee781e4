package files

import (
	"context"
	"strings"
	"testing"
	"time"

	"dev.warren/bridge/internal/bridgepb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
)

// ended waits until no call of the service runs: stop returns when all handlers have.
func (s *sandbox) ended(handlers *grpc.Server) { handlers.GracefulStop() }

func startStoppable(t *testing.T) (*sandbox, *grpc.Server) {
	t.Helper()
	root := t.TempDir()
	service, err := New(root)
	must(t, err)
	handlers := grpc.NewServer(grpc.WaitForHandlers(true))
	bridgepb.RegisterContainerServiceServer(handlers, server{Service: service})
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return &sandbox{bridgepb.NewContainerServiceClient(serve(t, handlers)), t, service, root, ctx}, handlers
}

func TestAWriterWhoGoesAwayLeavesNothing(t *testing.T) {
	t.Parallel()
	s, handlers := startStoppable(t)
	s.put("f", "old")
	ctx, cancel := context.WithCancel(s.ctx)
	stream, err := s.WriteRaw(ctx)
	must(t, err)
	must(t, stream.Send(header("f")))
	for range 20 {
		must(t, stream.Send(data(strings.Repeat("x", 100_000))))
	}
	cancel()
	_, err = stream.CloseAndRecv()
	wantCode(t, err, codes.Canceled)
	s.ended(handlers)
	s.holds("f", "old")
	s.names("", "f")
}

func TestAnImporterWhoGoesAwayLeavesNothing(t *testing.T) {
	t.Parallel()
	s, handlers := startStoppable(t)
	treasury(t, s, "to")
	before := describe(t, s.path("to"))
	archive := pack(t, file("a"), file("b"), file("c"))
	ctx, cancel := context.WithCancel(s.ctx)
	stream, err := s.Import(ctx)
	must(t, err)
	must(t, stream.Send(&bridgepb.ImportRequest{Frame: &bridgepb.ImportRequest_Header{Header: replaceInto("to").header}}))
	must(t, stream.Send(&bridgepb.ImportRequest{Frame: &bridgepb.ImportRequest_Data{Data: archive}}))
	cancel()
	_, err = stream.CloseAndRecv()
	wantCode(t, err, codes.Canceled)
	s.ended(handlers)
	equal(t, describe(t, s.path("to")), before)
}

func TestACancelledExportEnds(t *testing.T) {
	t.Parallel()
	s, handlers := startStoppable(t)
	s.put("d/f", strings.Repeat("x", 8<<20))
	ctx, cancel := context.WithCancel(s.ctx)
	stream, err := s.Export(ctx, &bridgepb.ExportRequest{Path: "d"})
	must(t, err)
	_, err = stream.Recv()
	must(t, err)
	cancel()
	s.ended(handlers)
}

func TestACancelledDeleteStops(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.put("d/f", "kept")
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	_, err := s.service.DeleteFile(ctx, &bridgepb.DeleteFileRequest{Path: "d", Recursive: true})
	wantCode(t, err, codes.Canceled)
	_, err = s.service.ListDir(ctx, &bridgepb.ListDirRequest{})
	wantCode(t, err, codes.Canceled)
	_, err = s.service.ReadFile(ctx, &bridgepb.ReadFileRequest{Path: "d/f"})
	wantCode(t, err, codes.Canceled)
	_, err = s.service.WriteFile(ctx, &bridgepb.WriteFileRequest{Path: "d/f"})
	wantCode(t, err, codes.Canceled)
	s.holds("d/f", "kept")
}
