package process

import (
	"path/filepath"
	"time"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/journal"
	"dev.warren/bridge/internal/spawn"
)

// start starts a process with its first client attached.
func (m *Manager) start(r *bridgepb.ProcessStart) (*Process, *session, error) {
	if err := check(r); err != nil {
		return nil, nil, err
	}
	p := &Process{id: r.ProcessId, request: r, manager: m, ready: make(chan struct{}), exited: make(chan struct{})}
	p.options = journal.Options{
		Bytes:      int(orDefault(r.JournalBytes, defaultJournalBytes)),
		Lines:      r.StdoutFraming == bridgepb.Framing_FRAMING_LINES,
		DropOldest: r.Overflow == bridgepb.Overflow_OVERFLOW_DROP_OLDEST,
		Wake:       p.wake,
	}
	if err := m.reserve(p); err != nil {
		return nil, nil, err
	}
	defer close(p.ready)
	command, err := m.command(p)
	if err == nil {
		err = p.launch(command)
	}
	if err != nil {
		m.cancel(p)
		return nil, nil, err
	}
	s := p.newSession(false)
	p.install(s)
	p.run()
	return p, s, nil
}

func (m *Manager) command(p *Process) (spawn.Command, error) {
	r := p.request
	c := spawn.Command{Argv: r.Argv, Dir: m.config.Root, Stdin: r.Stdin}
	if r.Cwd != "" {
		if c.Dir = r.Cwd; !filepath.IsAbs(c.Dir) {
			c.Dir = m.config.Root + "/" + r.Cwd
		}
	}
	if r.User != "" {
		user, err := spawn.SystemAccounts.Lookup(r.User)
		if err != nil {
			return c, err
		}
		c.User = user
	}
	env := spawn.Environment{
		Base: m.config.Env, Clean: r.CleanEnv, Unset: r.UnsetEnv, User: c.User, Set: r.Env, Always: p.markers(),
	}
	if pty := r.Pty; pty != nil {
		c.Size = terminalSize(pty.Columns, pty.Rows)
		if env.Term = pty.Term; env.Term == "" {
			env.Term = "xterm-256color"
		}
	}
	c.Env = env.List()
	return c, nil
}

func terminalSize(columns, rows uint32) *spawn.Size {
	return &spawn.Size{Columns: uint16(orDefault(columns, 80)), Rows: uint16(orDefault(rows, 24))}
}

// launch starts the program, in a group of its own if the kernel lets us.
func (p *Process) launch(c spawn.Command) (err error) {
	config := &p.manager.config
	p.oomBefore = config.OOM.Count()
	p.started = time.Now()
	if p.group = config.Cgroup.New(p.id); p.group != nil {
		c.GroupFD = p.group.FD
		p.child, err = spawn.Start(c)
		p.group.Started()
		if err == nil {
			return nil
		}
		p.group.Remove()
		p.group = nil
	}
	// The kernel has one errno for a program and for a group that does not work: only a start that
	// succeeds without a group blames the group.
	c.GroupFD = -1
	tried := config.Cgroup.Enabled()
	if p.child, err = spawn.Start(c); err == nil && tried {
		config.Cgroup.Disable()
	}
	return err
}

// run starts everything that accompanies a process.
func (p *Process) run() {
	p.journal = journal.New(p.options)
	p.journal.SetAttached(true)
	p.pending.Store(1)
	p.startPump(journal.Stdout, p.child.Stdout)
	if p.child.Stderr != nil {
		p.startPump(journal.Stderr, p.child.Stderr)
	}
	if p.request.Stdin {
		p.input = newInput(p)
		go p.input.pump()
	}
	if t := p.request.TimeoutMillis; t > 0 {
		p.timeout = time.AfterFunc(millis(t), func() {
			p.terminate(bridgepb.ExitCause_EXIT_CAUSE_TIMED_OUT, millis(p.request.KillGraceMillis))
		})
	}
	go p.watch()
}
