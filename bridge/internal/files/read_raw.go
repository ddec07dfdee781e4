package files

import (
	"io"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/files/frames"
	"google.golang.org/grpc"
)

// Frames of 64 KiB, 256 KiB and 1 MiB were compared; see BenchmarkReadRaw.
const defaultFrame = 256 << 10

// Numbers of the fields that hold the bytes; a test compares them with bridge.proto.
const (
	readRawData  = 2
	writeRawData = 2
)

// ReadRaw sends the header with the size at open, then the bytes. A file that shrinks meanwhile ends
// early, one that grows is read up to that size. One frame is read ahead of those
// that the transport holds, which are as many as its quota of 64 KiB lets in: one or two.
func (s *Service) ReadRaw(req *bridgepb.ReadRawRequest, stream grpc.ServerStreamingServer[bridgepb.ReadRawResponse]) error {
	if err := s.readRaw(req, stream); err != nil {
		return fail("read", req.GetPath(), err)
	}
	return nil
}

func (s *Service) readRaw(req *bridgepb.ReadRawRequest, stream grpc.ServerStreamingServer[bridgepb.ReadRawResponse]) error {
	if req.GetOffset() < 0 || req.GetLength() < 0 {
		return invalid("read", req.GetPath(), "offset %d and length %d must not be negative", req.GetOffset(), req.GetLength())
	}
	file, st, err := s.openRegular(req.GetPath(), req.GetNoFollow())
	if err != nil {
		return err
	}
	defer file.Close()
	header := &bridgepb.ReadRawResponse_Header{Header: entryOf(req.GetPath(), &st)}
	if err := stream.Send(&bridgepb.ReadRawResponse{Frame: header}); err != nil {
		return err
	}
	length := readLimit(&st) - req.GetOffset()
	if req.GetLength() > 0 {
		length = min(length, req.GetLength())
	}
	if length <= 0 {
		return nil
	}
	return s.sendBytes(file, req.GetOffset(), length, stream)
}

// sendBytes reads a block while grpc sends the one before.
func (s *Service) sendBytes(file io.ReaderAt, offset, length int64, stream grpc.ServerStream) error {
	for length > 0 {
		block := frames.NewBlock(readRawData, int(min(int64(s.frameBytes), length)))
		n, err := file.ReadAt(block.Space(), offset)
		block.Cut(n)
		if n == 0 {
			block.Discard()
		} else if err := stream.SendMsg(block); err != nil {
			return err
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		offset += int64(n)
		length -= int64(n)
	}
	return nil
}
