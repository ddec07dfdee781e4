// Package fault builds every error the bridge answers with: a gRPC status, and the reason that
// tells apart situations which share a status.
package fault

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"dev.warren/bridge/internal/bridgepb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// Trailer is the key of the trailer that carries the reason.
const Trailer = "warren-reason"

// Error is a gRPC status with an optional reason.
type Error struct {
	status *status.Status
	reason bridgepb.Reason
}

// New makes an error; REASON_UNSPECIFIED means that the status says it all.
func New(code codes.Code, reason bridgepb.Reason, format string, args ...any) error {
	return &Error{status: status.New(code, fmt.Sprintf(format, args...)), reason: reason}
}

func (e *Error) Error() string { return e.status.Message() }

// GRPCStatus is how grpc finds the status.
func (e *Error) GRPCStatus() *status.Status { return e.status }

// ReasonOf is the reason of err, REASON_UNSPECIFIED where it has none.
func ReasonOf(err error) bridgepb.Reason {
	var fault *Error
	if errors.As(err, &fault) {
		return fault.reason
	}
	return bridgepb.Reason_REASON_UNSPECIFIED
}

func trailerOf(err error) metadata.MD {
	reason := ReasonOf(err)
	if reason == bridgepb.Reason_REASON_UNSPECIFIED {
		return nil
	}
	return metadata.Pairs(Trailer, strings.TrimPrefix(reason.String(), "REASON_"))
}

// Unary puts the reason of a failed call into its trailer.
func Unary(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	resp, err := handler(ctx, req)
	if md := trailerOf(err); md != nil {
		_ = grpc.SetTrailer(ctx, md)
	}
	return resp, err
}

// Stream puts the reason of a failed call into its trailer.
func Stream(srv any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	err := handler(srv, stream)
	if md := trailerOf(err); md != nil {
		stream.SetTrailer(md)
	}
	return err
}
