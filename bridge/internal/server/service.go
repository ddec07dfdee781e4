package server

import (
	"os"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/cgroup"
	"dev.warren/bridge/internal/process"
)

// service is ContainerService, put together from its sections.
type service struct {
	*greeter
	fileCalls
	*process.Service
	manager *process.Manager
}

// fileCalls is the files section: unimplemented here, one level deeper than the others so that
// their methods win.
type fileCalls struct {
	bridgepb.UnimplementedContainerServiceServer
}

// newService makes everything that can fail before the host is told that we are here.
func newService(o Options, rule peerRule, identity *Identity) (*service, error) {
	manager, features := newManager(o, rule, identity)
	return &service{
		greeter: &greeter{identity: identity, version: o.Version, features: features},
		Service: process.NewService(manager),
		manager: manager,
	}, nil
}

func newManager(o Options, rule peerRule, identity *Identity) (*process.Manager, []string) {
	config := process.Config{Root: o.Root, Instance: identity.Instance, Env: os.Environ(), OOM: cgroup.OpenOOM(cgroup.Locator{Root: "/"})}
	var features []string
	// On a bare host our group is somebody else's to divide: only what was given is used.
	if o.Cgroup != "" {
		config.Cgroup, _ = cgroup.Open(o.Cgroup)
	} else if rule.isolated {
		config.Cgroup, _ = cgroup.OpenOwn(cgroup.Locator{Root: "/"})
	}
	if config.Cgroup.Enabled() {
		features = append(features, "cgroup")
	}
	return process.NewManager(config), features
}
