package server

import (
	"context"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"google.golang.org/grpc/codes"
)

// ProtocolVersion is what this bridge speaks.
const ProtocolVersion = 1

// greeter answers Hello.
type greeter struct {
	identity *Identity
	version  string
	features []string
}

func (g *greeter) Hello(ctx context.Context, r *bridgepb.HelloRequest) (*bridgepb.HelloResponse, error) {
	switch {
	case r.ProtocolVersion != ProtocolVersion:
		return nil, fault.New(codes.FailedPrecondition, bridgepb.Reason_REASON_PROTOCOL_VERSION,
			"hello: the client speaks protocol %d, this bridge (%s) speaks %d: update the older one", r.ProtocolVersion, g.version, ProtocolVersion)
	case r.SandboxId != g.identity.SandboxID:
		return nil, fault.New(codes.FailedPrecondition, bridgepb.Reason_REASON_WRONG_SANDBOX,
			"hello: this is not sandbox %.80q: look its address up again", r.SandboxId)
	case len(r.Nonce) < 16 || len(r.Nonce) > 64:
		return nil, fault.New(codes.InvalidArgument, bridgepb.Reason_REASON_UNSPECIFIED,
			"hello: the nonce has %d bytes, it must have 16 to 64", len(r.Nonce))
	}
	signature, err := g.identity.Sign(r.Nonce)
	if err != nil {
		return nil, fault.New(codes.Internal, bridgepb.Reason_REASON_UNSPECIFIED, "hello: sign: %v", err)
	}
	if c := connectionOf(ctx); c != nil {
		c.greeted.Store(true)
	}
	return &bridgepb.HelloResponse{
		ProtocolVersion: ProtocolVersion, SandboxId: g.identity.SandboxID, Instance: g.identity.Instance,
		BridgeVersion: g.version, PublicKey: g.identity.PublicKey, Signature: signature,
		Features: g.features, BootUnixMillis: g.identity.Boot.UnixMilli(),
	}, nil
}
