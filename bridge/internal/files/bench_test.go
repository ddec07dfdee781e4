package files

import (
	"errors"
	"fmt"
	"io"
	"os"
	"testing"

	"dev.warren/bridge/internal/bridgepb"
	"google.golang.org/grpc"
)

const bulk = 256 << 20

// memory keeps the disk out of the measurement where it can.
func memory(b *testing.B) string {
	root, err := os.MkdirTemp("/dev/shm", "warren")
	if err != nil {
		return b.TempDir()
	}
	b.Cleanup(func() { os.RemoveAll(root) })
	return root
}

// bare is what the transport itself can do: the same frames, from and to nowhere.
type bare struct {
	unimplemented
	frame int
}

func (s bare) ReadRaw(_ *bridgepb.ReadRawRequest, stream grpc.ServerStreamingServer[bridgepb.ReadRawResponse]) error {
	frame := &bridgepb.ReadRawResponse{Frame: &bridgepb.ReadRawResponse_Data{Data: make([]byte, s.frame)}}
	for range bulk / s.frame {
		if err := stream.Send(frame); err != nil {
			return err
		}
	}
	return nil
}

func (s bare) WriteRaw(stream writeStream) error {
	for {
		if _, err := stream.Recv(); errors.Is(err, io.EOF) {
			return stream.SendAndClose(&bridgepb.WriteRawResponse{})
		} else if err != nil {
			return err
		}
	}
}

func bareClient(b *testing.B, frame int) bridgepb.ContainerServiceClient {
	s := grpc.NewServer(grpc.InitialWindowSize(4<<20), grpc.InitialConnWindowSize(8<<20))
	bridgepb.RegisterContainerServiceServer(s, bare{frame: frame})
	return bridgepb.NewContainerServiceClient(serve(b, s))
}

func drain(b *testing.B, client bridgepb.ContainerServiceClient) {
	stream, err := client.ReadRaw(b.Context(), &bridgepb.ReadRawRequest{Path: "f"})
	must(b, err)
	for total := 0; ; {
		frame, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			if total != bulk {
				b.Fatalf("%d bytes", total)
			}
			return
		}
		must(b, err)
		total += len(frame.GetData())
	}
}

func fill(b *testing.B, client bridgepb.ContainerServiceClient, frame int) {
	stream, err := client.WriteRaw(b.Context())
	must(b, err)
	must(b, stream.Send(header("f")))
	content := &bridgepb.WriteRawRequest{Frame: &bridgepb.WriteRawRequest_Data{Data: make([]byte, frame)}}
	for range bulk / frame {
		must(b, stream.Send(content))
	}
	must(b, stream.Send(commit(bulk)))
	_, err = stream.CloseAndRecv()
	must(b, err)
}

func each(b *testing.B, work func(b *testing.B, frame int, s *sandbox, raw bridgepb.ContainerServiceClient)) {
	for _, frame := range []int{64 << 10, 128 << 10, 256 << 10, 1 << 20} {
		s := startAt(b, memory(b))
		s.service.frameBytes = frame
		must(b, os.WriteFile(s.path("f"), make([]byte, bulk), 0o644))
		work(b, frame, s, bareClient(b, frame))
	}
}

func BenchmarkReadRaw(b *testing.B) {
	each(b, func(b *testing.B, frame int, s *sandbox, raw bridgepb.ContainerServiceClient) {
		for name, client := range map[string]bridgepb.ContainerServiceClient{"bare": raw, "file": s} {
			b.Run(fmt.Sprintf("%dK/%s", frame>>10, name), func(b *testing.B) {
				b.SetBytes(bulk)
				for b.Loop() {
					drain(b, client)
				}
			})
		}
	})
}

func BenchmarkWriteRaw(b *testing.B) {
	each(b, func(b *testing.B, frame int, s *sandbox, raw bridgepb.ContainerServiceClient) {
		for name, client := range map[string]bridgepb.ContainerServiceClient{"bare": raw, "file": s} {
			b.Run(fmt.Sprintf("%dK/%s", frame>>10, name), func(b *testing.B) {
				b.SetBytes(bulk)
				for b.Loop() {
					fill(b, client, frame)
				}
			})
		}
	})
}
