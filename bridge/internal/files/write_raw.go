package files

import (
	"errors"
	"io"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"dev.warren/bridge/internal/files/frames"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
)

type writeStream = grpc.ClientStreamingServer[bridgepb.WriteRawRequest, bridgepb.WriteRawResponse]

// WriteRaw writes as the frames arrive and replaces the target only when the commit confirms their
// number of bytes.
func (s *Service) WriteRaw(stream writeStream) error {
	first, err := stream.Recv()
	if err != nil {
		return fail("write", "(no header)", broken("write", "(no header)", err))
	}
	header := first.GetHeader()
	if header == nil {
		return invalid("write", "(no header)", "the first frame must be the header")
	}
	entry, err := s.writeRaw(header, stream)
	if err != nil {
		return fail("write", header.GetPath(), err)
	}
	return stream.SendAndClose(&bridgepb.WriteRawResponse{Entry: entry})
}

func (s *Service) writeRaw(header *bridgepb.WriteRawHeader, stream writeStream) (*bridgepb.FileEntry, error) {
	options := header.GetOptions()
	if options == nil {
		options = &bridgepb.WriteOptions{}
	}
	p, err := s.beginWrite(header.GetPath(), options)
	if err != nil {
		return nil, err
	}
	defer p.close()
	if err := receive(p, stream); err != nil {
		return nil, err
	}
	return s.commit(p)
}

// receive takes frames up to the commit. While one is written, grpc receives what follows, as far as
// its window goes. Frames after it are refused by nobody and read by nobody.
func receive(p *pending, stream writeStream) error {
	var total int64
	for {
		var req bridgepb.WriteRawRequest
		data, isData, err := frames.Receive(stream, writeRawData, &req)
		if err != nil {
			return broken("write", p.path, err)
		}
		if frame, ok := req.GetFrame().(*bridgepb.WriteRawRequest_Data); ok {
			data, isData = frames.DataOf(frame.Data), true // well-formed, but in no usual way
		}
		if isData {
			total += int64(data.Len())
			err := p.file.WritePieces(data.Pieces())
			data.Free()
			if err != nil {
				return err
			}
			continue
		}
		switch frame := req.GetFrame().(type) {
		case *bridgepb.WriteRawRequest_Commit:
			if frame.Commit.GetBytes() != total {
				return truncated("write", p.path, "received %d bytes, the commit says %d", total, frame.Commit.GetBytes())
			}
			if err := stream.Context().Err(); err != nil {
				return err
			}
			return nil
		default:
			return invalid("write", p.path, "expected a data or commit frame")
		}
	}
}

// broken says why a stream ended before its commit.
func broken(op, path string, err error) error {
	if errors.Is(err, io.EOF) {
		return truncated(op, path, "the stream ended before its commit; nothing was changed")
	}
	return err
}

func truncated(op, path, format string, args ...any) error {
	return fault.New(codes.Aborted, bridgepb.Reason_REASON_TRUNCATED, op+" "+display(path)+": "+format, args...)
}
