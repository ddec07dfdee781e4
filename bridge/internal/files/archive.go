package files

import (
	"context"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/files/archive"
	"dev.warren/bridge/internal/files/at"
	"google.golang.org/grpc"
)

type (
	exportStream = grpc.ServerStreamingServer[bridgepb.ExportResponse]
	importStream = grpc.ClientStreamingServer[bridgepb.ImportRequest, bridgepb.ImportResponse]
)

// Export sends a directory as tar; see archive.Export for what is in it.
func (s *Service) Export(req *bridgepb.ExportRequest, stream exportStream) error {
	dir, err := s.openDir(req.GetPath())
	if err != nil {
		return fail("export", req.GetPath(), err)
	}
	defer at.Close(dir)
	data := &bridgepb.ExportResponse_Data{}
	frame := &bridgepb.ExportResponse{Frame: data}
	summary, err := archive.Export(stream.Context(), dir, archive.ExportOptions{
		Compression: req.GetCompression(),
		Exclude:     req.GetExclude(),
		Send: func(chunk []byte) error {
			data.Data = chunk
			return stream.Send(frame)
		},
	})
	if err != nil {
		return fail("export", req.GetPath(), err)
	}
	end := &bridgepb.ExportResponse_Summary{Summary: summary}
	return stream.Send(&bridgepb.ExportResponse{Frame: end})
}

// Import unpacks a tar into an existing directory; see archive.Importer.
func (s *Service) Import(stream importStream) error {
	first, err := stream.Recv()
	if err != nil {
		return fail("import", "(no header)", broken("import", "(no header)", err))
	}
	header := first.GetHeader()
	if header == nil {
		return invalid("import", "(no header)", "the first frame must be the header")
	}
	summary, err := s.importInto(stream.Context(), header, stream)
	if err != nil {
		return fail("import", header.GetPath(), err)
	}
	return stream.SendAndClose(&bridgepb.ImportResponse{Summary: summary})
}

func (s *Service) importInto(ctx context.Context, header *bridgepb.ImportHeader, stream importStream) (*bridgepb.ArchiveSummary, error) {
	dir, err := s.openDir(header.GetPath())
	if err != nil {
		return nil, err
	}
	defer at.Close(dir)
	source := archive.NewSource(func() (archive.Frame, error) {
		req, err := stream.Recv()
		if err != nil {
			return archive.Frame{}, err
		}
		switch frame := req.GetFrame().(type) {
		case *bridgepb.ImportRequest_Data:
			return archive.Frame{Data: frame.Data}, nil
		case *bridgepb.ImportRequest_Commit:
			return archive.Frame{Commit: frame.Commit}, nil
		}
		return archive.Frame{}, invalid("import", header.GetPath(), "expected a data or commit frame")
	})
	return s.importer.Import(ctx, dir, source, header)
}

func (s *Service) openDir(path string) (int, error) {
	tree, err := s.tree(nil)
	if err != nil {
		return -1, err
	}
	defer tree.Close()
	return tree.OpenDir(path)
}
