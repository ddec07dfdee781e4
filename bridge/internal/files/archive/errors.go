package archive

import (
	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"google.golang.org/grpc/codes"
)

func invalid(format string, args ...any) error {
	return fault.New(codes.InvalidArgument, bridgepb.Reason_REASON_UNSPECIFIED, format, args...)
}

func bad(format string, args ...any) error {
	return fault.New(codes.InvalidArgument, bridgepb.Reason_REASON_BAD_ARCHIVE, "import: "+format, args...)
}

func overLimit(op, format string, args ...any) error {
	return fault.New(codes.ResourceExhausted, bridgepb.Reason_REASON_LIMIT, op+": "+format, args...)
}
