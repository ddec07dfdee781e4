// Package initd is PID 1 of a sandbox: it starts the server, reaps orphans, forwards signals, and
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

	"dev.warren/bridge/internal/footprint"
)

var forwarded = []os.Signal{
	syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2,
}

// Run returns the exit code of the server, or 128 plus the signal that ended it.
func Run(args []string) int {
	debug.SetGCPercent(-1) // there is no garbage to speak of
	runtime.GOMAXPROCS(1)
	runtime.LockOSThread() // the server's parent, for its death signal, is this thread
	if os.Getpid() == 1 {
		Shield()
	} else if subreaper(args) {
		_ = prctl(prSetChildSubreaper, 1)
	}
	KeepDescriptorsPrivate()
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, forwarded...)
	server := &child{}
	if err := server.start(args); err != nil {
		os.Stderr.WriteString("bridge init: start the server: " + err.Error() + "\n")
		return 1
	}
	go func() {
		for sig := range signals {
			server.signal(sig.(syscall.Signal))
		}
	}()
	debug.FreeOSMemory()
	footprint.Trim()
	code := server.await()
	sweep()
	return code
}

func subreaper(args []string) bool {
	for _, arg := range args {
		if arg == "--subreaper" || arg == "-subreaper" {
			return true
		}
	}
	return false
}

// child is the server.
type child struct {
	mu  sync.Mutex
	pid int // 0 when it has been reaped
}

func (c *child) start(args []string) error {
	// Without init nobody reaps or ends what the server starts, so it must not outlive it.
	pid, err := syscall.ForkExec("/proc/self/exe", append([]string{os.Args[0], "serve"}, args...), &syscall.ProcAttr{
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
