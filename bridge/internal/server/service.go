package server

import (
	"os"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/cgroup"
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
	manager *process.Manager
	alias   alias
}

// newService makes everything that can fail before the host is told that we are here.
func newService(o Options, rule peerRule, identity *Identity) (*service, error) {
	manager, features := newManager(o, rule, identity)
	calls, err := files.New(o.Root)
	if err != nil {
		return nil, err
	}
	features = append(features, calls.Features()...)
	return &service{
		greeter:      &greeter{identity: identity, version: o.Version, features: features},
		fileCalls:    calls,
		processCalls: process.NewService(manager),
		manager:      manager,
		alias:        alias(o.Alias),
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
