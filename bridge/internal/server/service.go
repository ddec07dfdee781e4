package server

import (
	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/process"
)

// service is ContainerService, put together from its sections.
type service struct {
	*greeter
	fileCalls
	*process.Service
}

// fileCalls is the files section: unimplemented here, one level deeper than the others so that
// their methods win.
type fileCalls struct {
	bridgepb.UnimplementedContainerServiceServer
}
