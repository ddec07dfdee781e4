package process

import (
	"time"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"dev.warren/bridge/internal/journal"
	"google.golang.org/grpc/codes"
)

// outputStream is the sending half of Exec and Attach.
type outputStream interface {
	Send(*bridgepb.ProcessOutput) error
}

// creditDelay lets small acceptances of stdin travel together: a server that is fed one short
// message at a time should not cost an extra frame for each.
const creditDelay = 50 * time.Millisecond

// session is one client on one stream. Its sender is the handler's goroutine and nothing else.
type session struct {
	p        *Process
	epoch    uint64
	observer bool // wants the end only; does not count as the process's client
	ready    chan struct{}
	failed   chan error // why the stream must end: capacity 1, first one counts

	// Owned by the sender.
	at       [2]int64 // next offset of each stream
	turn     journal.Stream
	reported inputState
	credit   *time.Timer
	begin    int64 // where the stdin of a client begins that sent none before
	frame    bridgepb.ProcessOutput
	output   bridgepb.Output
	carrier  bridgepb.ProcessOutput_Output
	reading  journal.Frame // what frame.output.data belongs to
}

func (p *Process) newSession(observer bool) *session {
	return &session{p: p, observer: observer, ready: make(chan struct{}, 1), failed: make(chan error, 1)}
}

func (s *session) wake() {
	select {
	case s.ready <- struct{}{}:
	default:
	}
}

func (s *session) fail(err error) {
	select {
	case s.failed <- err:
	default:
	}
}

// install makes s the client of the process; the caller holds mu or the process is not known yet.
func (p *Process) install(s *session) {
	if old := p.current.Load(); old != nil {
		old.fail(fault.New(codes.Aborted, bridgepb.Reason_REASON_TAKEN_OVER,
			"process %s: another client has taken it over", p.id))
	}
	p.epoch++
	s.epoch = p.epoch
	p.current.Store(s)
}

// attach makes a new client, exclusively: the one before must be gone, be replaced by its own
// successor (epoch), or be taken over on purpose.
func (p *Process) attach(r *bridgepb.ProcessAttach) (*session, error) {
	s := p.newSession(r.ExitOnly)
	stdout, stderr := p.journal.Written()
	if r.StdoutOffset < 0 || r.StdoutOffset > stdout || r.StderrOffset < 0 || r.StderrOffset > stderr {
		return nil, invalid("attach %s: offsets %d and %d must be within the %d and %d bytes written",
			p.id, r.StdoutOffset, r.StderrOffset, stdout, stderr)
	}
	s.at = [2]int64{r.StdoutOffset, r.StderrOffset}
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.observer {
		if p.observers == nil {
			p.observers = make(map[*session]struct{})
		}
		p.observers[s] = struct{}{}
		s.epoch = p.epoch
	} else {
		if p.current.Load() != nil && !r.TakeOver && (r.Epoch == 0 || r.Epoch != p.epoch) {
			return nil, fault.New(codes.Aborted, bridgepb.Reason_REASON_ALREADY_ATTACHED,
				"attach %s: another client is attached: take it over, or attach with exit_only", p.id)
		}
		if r.Epoch == 0 || r.Epoch != p.epoch {
			var err error
			if s.begin, err = p.input.begin(); err != nil {
				return nil, err
			}
		}
		p.install(s)
		p.journal.SetAttached(true)
		// What a client does not ask for any more is consumed. Without this a journal full of it
		// would stall the process for good.
		p.journal.Ack(s.at[journal.Stdout], s.at[journal.Stderr])
	}
	if p.abandon != nil {
		p.abandon.Stop()
	}
	return s, nil
}

// detach notes that the client's stream has ended.
func (p *Process) detach(s *session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.observers, s)
	if p.current.CompareAndSwap(s, nil) {
		p.journal.SetAttached(false)
	}
	if p.request.Kept || p.exit != nil || p.current.Load() != nil || len(p.observers) > 0 {
		return
	}
	grace := defaultDetachGrace
	if g := p.request.DetachGraceMillis; g > 0 {
		grace = millis(g)
	}
	if p.abandon != nil {
		p.abandon.Stop()
	}
	p.abandon = time.AfterFunc(grace, p.giveUp)
}

// giveUp ends a process that is not kept and whose client did not come back, not even just now.
func (p *Process) giveUp() {
	p.mu.Lock()
	if p.current.Load() != nil || len(p.observers) > 0 {
		p.mu.Unlock()
		return
	}
	gone := p.gone
	p.terminateLocked(bridgepb.ExitCause_EXIT_CAUSE_ABANDONED, 0)
	p.mu.Unlock()
	p.journal.LetGo()
	if gone {
		p.manager.expire(p) // it ended by itself, but nobody takes its output
	}
}

// markDelivered notes that a client was sent the end.
func (p *Process) markDelivered() {
	p.mu.Lock()
	p.delivered = true
	p.mu.Unlock()
	p.expireAfter(retentionDelivered)
}
