// Package spawn starts one program: looked up, with its environment, user, pipes or terminal.
package spawn

import (
	"os"
	"sync"
	"syscall"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"google.golang.org/grpc/codes"
)

// Command is what to start. Argv is executed directly: no shell is needed.
type Command struct {
	Argv    []string
	Env     []string
	Dir     string // absolute
	User    *User
	Size    *Size // of a terminal; nil: pipes
	Stdin   bool  // a pipe; else /dev/null
	GroupFD int   // cgroup directory; -1: none
}

// Start starts the command in a session of its own.
func Start(c Command) (*Child, error) {
	if err := checkDir(c.Dir); err != nil {
		return nil, err
	}
	paths, err := candidates(c.Argv[0], c.Dir, c.Env)
	if err != nil {
		return nil, err
	}
	files, err := c.open()
	if err != nil {
		return nil, fault.FromErrno("exec", c.Argv[0], err)
	}
	pidfd := -1
	attr := &syscall.ProcAttr{
		Dir: c.Dir, Env: c.Env, Files: files.child[:],
		Sys: &syscall.SysProcAttr{
			Setsid: true, Setctty: c.Size != nil, Credential: c.User.Credential(),
			PidFD: &pidfd, UseCgroupFD: c.GroupFD >= 0, CgroupFD: c.GroupFD,
		},
	}
	var pid int
	for _, path := range paths {
		if pid, err = syscall.ForkExec(path, c.Argv, attr); err != syscall.EACCES && err != syscall.ENOENT {
			break
		}
	}
	files.closeChild()
	if err != nil {
		files.closeParent()
		return nil, refused(err, c, paths[0])
	}
	return newChild(pid, pidfd, files), nil
}

// refused explains what the kernel said to execve, or to the steps before it.
func refused(err error, c Command, path string) error {
	unspecified := bridgepb.Reason_REASON_UNSPECIFIED
	switch err {
	case syscall.ENOENT:
		return notFound("exec %s: the file is there, but its interpreter or dynamic loader is not: is it built for another image?", path)
	case syscall.EACCES:
		return notExecutable(path, "permission denied, on the file, its interpreter or the working directory")
	case syscall.ENOEXEC:
		return fault.New(codes.InvalidArgument, unspecified,
			"exec %s: not a program for this machine; a script needs a first line like #!/bin/sh", path)
	case syscall.E2BIG:
		return fault.New(codes.InvalidArgument, bridgepb.Reason_REASON_LIMIT,
			"exec %s: arguments and environment are too large for the kernel: pass the data through stdin or a file", path)
	case syscall.EPERM:
		if c.User != nil {
			return fault.New(codes.PermissionDenied, unspecified,
				"exec %s: the bridge may not become user %s: start the sandbox as root or as that user", path, c.User.Name)
		}
	}
	return fault.FromErrno("exec", path, err)
}

var devNull = sync.OnceValues(func() (*os.File, error) { return os.Open(os.DevNull) })
