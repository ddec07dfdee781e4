package server

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"sync/atomic"
	"time"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"dev.warren/bridge/internal/footprint"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
)

// idleTrim is how long after the last call memory goes back to the system.
const idleTrim = 3 * time.Second

// gate is passed by every call: it wants a Hello first, lets nothing in while stopping, turns a
// panic into an error, and counts.
type gate struct {
	stopping atomic.Bool
	active   atomic.Int64
	trim     *time.Timer
}

func newGate() *gate {
	return &gate{trim: time.AfterFunc(idleTrim, func() {
		debug.FreeOSMemory()
		footprint.Trim()
	})}
}

func (g *gate) enter(ctx context.Context, method string) error {
	if g.stopping.Load() {
		return fault.New(codes.Unavailable, bridgepb.Reason_REASON_UNSPECIFIED, "%s: the sandbox is stopping", method)
	}
	c := connectionOf(ctx)
	if method != bridgepb.ContainerService_Hello_FullMethodName && (c == nil || !c.greeted.Load()) {
		return fault.New(codes.FailedPrecondition, bridgepb.Reason_REASON_UNSPECIFIED,
			"%s: the first call on a connection must be Hello", method)
	}
	return nil
}

func (g *gate) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (resp any, err error) {
	defer g.leave(info.FullMethod, &err)
	g.active.Add(1)
	if err := g.enter(ctx, info.FullMethod); err != nil {
		return nil, err
	}
	return handler(ctx, req)
}

func (g *gate) stream(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) (err error) {
	defer g.leave(info.FullMethod, &err)
	g.active.Add(1)
	if err := g.enter(stream.Context(), info.FullMethod); err != nil {
		return err
	}
	return handler(srv, stream)
}

func (g *gate) leave(method string, err *error) {
	if cause := recover(); cause != nil {
		// What was panicked with may hold data of the sandbox: it stays out of the log.
		fmt.Fprintf(os.Stderr, "bridge: panic in %s (%T)\n", method, cause)
		*err = fault.New(codes.Internal, bridgepb.Reason_REASON_UNSPECIFIED, "%s: the bridge has a bug: it panicked", method)
	}
	g.active.Add(-1)
	g.trim.Reset(idleTrim)
}

// drain waits until no call is active, but not for long.
func (g *gate) drain(patience time.Duration) {
	for deadline := time.Now().Add(patience); g.active.Load() > 0 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
}
