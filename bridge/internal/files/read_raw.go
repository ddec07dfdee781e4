package files

import (
	"io"

	"dev.warren/bridge/internal/bridgepb"
	"google.golang.org/grpc"
)

// Frames of 64 KiB, 256 KiB and 1 MiB were compared; see BenchmarkReadRaw.
const defaultFrame = 256 << 10

// ReadRaw sends the header with the size at open, then the bytes. A file that shrinks meanwhile ends
// early, one that grows is read up to that size. One frame is held in memory.
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

// sendBytes reuses its buffer: Send has copied the bytes into the wire format when it returns.
func (s *Service) sendBytes(file io.ReaderAt, offset, length int64, stream grpc.ServerStreamingServer[bridgepb.ReadRawResponse]) error {
	buf := make([]byte, min(int64(s.frameBytes), length))
	data := &bridgepb.ReadRawResponse_Data{}
	frame := &bridgepb.ReadRawResponse{Frame: data}
	for length > 0 {
		n, err := file.ReadAt(buf[:min(int64(len(buf)), length)], offset)
		if n > 0 {
			data.Data = buf[:n]
			if err := stream.Send(frame); err != nil {
				return err
			}
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
