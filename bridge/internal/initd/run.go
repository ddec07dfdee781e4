// Package initd is PID 1 of a sandbox: it starts the server (or another command), reaps orphans, forwards signals, and
// leaves nothing behind.
//
// It imports nothing but the lower end of the standard library, see package early.
package initd

import (
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"dev.warren/bridge/internal/footprint"
)

// trimDelay keeps the tidying up of our memory out of the way of the server, which is starting and
// is waited for.
const trimDelay = time.Second

var forwarded = []os.Signal{
	syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2,
}

// Run returns the exit code of the child, or 128 plus the signal that ended it.
func Run(args []string) int {
	debug.SetGCPercent(-1) // there is no garbage to speak of
	runtime.GOMAXPROCS(1)
	runtime.LockOSThread() // the child's parent, for its death signal, is this thread
	o, err := parse(args)
	if err != nil {
		os.Stderr.WriteString("bridge init: " + err.Error() + "\n")
		return 2
	}
	if os.Getpid() == 1 {
		Shield()
	} else if o.subreaper {
		_ = prctl(prSetChildSubreaper, 1)
		_, _ = syscall.Setsid() // signals of the host application's terminal are not for us
	}
	KeepDescriptorsPrivate()
	// Beside the start: each signal that Go is asked for costs several changes of threads, for which
	// the server would have to wait. One that comes before that ends us, and with us the sandbox, in
	// which there is nothing to end in order yet.
	signals := make(chan os.Signal, 16)
	heard := make(chan struct{})
	go func() {
		signal.Notify(signals, forwarded...)
		close(heard)
	}()
	child := &child{}
	if err := child.start(o); err != nil {
		os.Stderr.WriteString("bridge init: start " + o.argv[0] + ": " + err.Error() + "\n")
		return startFailure(err)
	}
	<-heard
	if err := o.state.running(); err != nil {
		os.Stderr.WriteString("bridge init: write --state-file: " + err.Error() + "\n")
		child.signal(syscall.SIGTERM)
	}
	go func() {
		for sig := range signals {
			child.signal(sig.(syscall.Signal))
		}
	}()
	time.AfterFunc(trimDelay, func() {
		debug.FreeOSMemory()
		footprint.Trim()
	})
	code := child.await()
	sweep()
	o.state.ended(code)
	return code
}

// startFailure is what shells say when there is no such program, or it cannot be run.
func startFailure(err error) int {
	switch err {
	case syscall.ENOENT, syscall.ENOTDIR:
		return 127
	case syscall.EACCES, syscall.ENOEXEC:
		return 126
	}
	return 1
}

// child is the server, or the command given instead of it.
type child struct {
	mu  sync.Mutex
	pid int // 0 when it has been reaped
}

func (c *child) start(o options) error {
	// Without init nobody reaps or ends what the child starts, so it must not outlive it.
	pid, err := syscall.ForkExec(o.path, o.argv, &syscall.ProcAttr{
		Env: os.Environ(), Files: []uintptr{0, 1, 2},
		Sys: &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM},
	})
	c.pid = pid
	return err
}

func (c *child) signal(sig syscall.Signal) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pid != 0 {
		_ = syscall.Kill(c.pid, sig)
	}
}

// await reaps whatever ends until the server does.
func (c *child) await() int {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, 0, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return 1
		}
		if pid != c.pid {
			continue
		}
		c.mu.Lock()
		c.pid = 0
		c.mu.Unlock()
		if status.Signaled() {
			return 128 + int(status.Signal())
		}
		return status.ExitStatus()
	}
}
