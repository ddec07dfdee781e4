package process

import (
	"maps"
	"slices"
	"sync"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/cgroup"
	"dev.warren/bridge/internal/fault"
	"google.golang.org/grpc/codes"
)

// Config is what processes have in common.
type Config struct {
	Root     string   // the default working directory
	Instance string   // of the bridge; marks its children beside the process id
	Env      []string // of the bridge
	Cgroup   *cgroup.Parent
	OOM      *cgroup.OOM
}

// Manager knows all processes.
type Manager struct {
	config Config

	mu       sync.Mutex
	byID     map[string]*Process
	ended    []*Process // oldest first
	live     int        // running, or with a descendant that holds an output stream
	journals int        // bytes the journals of live processes may take
	stopping bool
}

// NewManager returns a manager without processes.
func NewManager(config Config) *Manager {
	return &Manager{config: config, byID: make(map[string]*Process)}
}

// reserve enters a process before it is started, so that two starts of one id cannot both win.
func (m *Manager) reserve(p *Process) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.stopping:
		return fault.New(codes.Unavailable, bridgepb.Reason_REASON_UNSPECIFIED, "exec %s: the sandbox is stopping", p.id)
	case m.byID[p.id] != nil:
		return fault.New(codes.AlreadyExists, bridgepb.Reason_REASON_UNSPECIFIED,
			"exec: process %s exists: attach to it, or draw another id", p.id)
	case m.live >= MaxLive:
		return fault.New(codes.ResourceExhausted, bridgepb.Reason_REASON_LIMIT,
			"exec %s: %d processes are running, the most there may be: end some first", p.id, m.live)
	case m.journals+p.options.Bytes > MaxJournals:
		return fault.New(codes.ResourceExhausted, bridgepb.Reason_REASON_LIMIT,
			"exec %s: the journals of running processes would exceed %d bytes: ask for a smaller journal_bytes", p.id, MaxJournals)
	}
	m.byID[p.id] = p
	m.live++
	m.journals += p.options.Bytes
	return nil
}

// cancel takes back a reservation whose start has failed.
func (m *Manager) cancel(p *Process) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.byID, p.id)
	m.releaseLocked(p)
}

// release gives up the slot of a process that holds no descriptor any more.
func (m *Manager) release(p *Process) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.releaseLocked(p)
}

func (m *Manager) releaseLocked(p *Process) {
	m.live--
	m.journals -= p.options.Bytes
}

// find returns a started process.
func (m *Manager) find(id string) (*Process, error) {
	m.mu.Lock()
	p := m.byID[id]
	m.mu.Unlock()
	if p != nil {
		<-p.ready
	}
	if p == nil || p.child == nil {
		return nil, fault.New(codes.NotFound, bridgepb.Reason_REASON_PROCESS_NOT_FOUND,
			"no process %.80q: it was never started, or it ended and is forgotten", id)
	}
	return p, nil
}

// all returns the started processes, those that are just being started included.
func (m *Manager) all() []*Process {
	m.mu.Lock()
	list := slices.Collect(maps.Values(m.byID))
	m.mu.Unlock()
	return slices.DeleteFunc(list, func(p *Process) bool {
		<-p.ready
		return p.child == nil
	})
}
