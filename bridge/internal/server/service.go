package server

import (
	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/files"
	"dev.warren/bridge/internal/process"
)

type (
	fileCalls    = *files.Service
	processCalls = *process.Service
	unknownCalls struct {
		bridgepb.UnimplementedContainerServiceServer
	}
)

// service is ContainerService, put together from its sections. Calls of a newer protocol than ours
// are unimplemented, one level deeper than the others so that their methods win.
type service struct {
	*greeter
	fileCalls
	processCalls
	unknownCalls
}
