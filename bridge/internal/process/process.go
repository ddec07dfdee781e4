package process

import (
	"sync"
	"sync/atomic"
	"time"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/cgroup"
	"dev.warren/bridge/internal/journal"
	"dev.warren/bridge/internal/proctree"
	"dev.warren/bridge/internal/spawn"
)

// Process is one program the host has started, from its start until it is forgotten.
type Process struct {
	// Fixed from the start.
	id      string
	request *bridgepb.ProcessStart
	options journal.Options
	manager *Manager
	ready   chan struct{} // closed when the start has succeeded or failed

	// Set before ready is closed; child stays nil where the start has failed.
	child     *spawn.Child
	group     *cgroup.Group
	journal   *journal.Journal
	input     *input // nil without stdin
	started   time.Time
	oomBefore int64
	timeout   *time.Timer

	exited  chan struct{} // closed when the leader has ended; it may not be reaped yet
	pumps   sync.WaitGroup
	pending atomic.Int32 // output descriptors still open, plus one until the process is buried

	// Held for reading while the leader's pid is used, for writing while it is reaped.
	pid    sync.RWMutex
	reaped bool

	current atomic.Pointer[session] // whom output is sent to; written under mu

	mu        sync.Mutex
	epoch     uint64
	observers map[*session]struct{}
	ending    *ending
	gone      bool // the leader has ended by itself or otherwise
	killed    bool // a client has sent SIGKILL
	held      bool // a descendant holds an output stream
	exit      *bridgepb.Exit
	delivered bool
	forgotten bool
	abandon   *time.Timer
	expiry    *time.Timer
}

// wake lets the current client's sender look for something to send.
func (p *Process) wake() {
	if s := p.current.Load(); s != nil {
		s.wake()
	}
}

// attendance says whether anybody is attached, and whether the end has been sent to a client.
func (p *Process) attendance() (attached, delivered bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.current.Load() != nil || len(p.observers) > 0, p.delivered
}

// markers are the variables by which descendants are recognised.
func (p *Process) markers() map[string]string {
	return map[string]string{"WARREN_PROCESS_ID": p.id, "WARREN_INSTANCE": p.manager.config.Instance}
}

// tree must be used with pid held for reading.
func (p *Process) tree() proctree.Tree {
	tree := proctree.Tree{Leader: p.child.Pid}
	if p.reaped {
		tree.Leader = 0
	}
	for name, value := range p.markers() {
		tree.Markers = append(tree.Markers, name+"="+value)
	}
	return tree
}

// info describes the process for a listing.
func (p *Process) info() *bridgepb.ProcessInfo {
	p.mu.Lock()
	defer p.mu.Unlock()
	stdout, stderr := p.journal.Written()
	return &bridgepb.ProcessInfo{
		ProcessId: p.id, Name: p.request.Name, Pid: int64(p.child.Pid), Argv: p.request.Argv, Kept: p.request.Kept,
		StartedUnixMillis: p.started.UnixMilli(), Attached: p.current.Load() != nil, Epoch: p.epoch,
		Exit: p.exit, StdoutBytes: stdout, StderrBytes: stderr,
	}
}
