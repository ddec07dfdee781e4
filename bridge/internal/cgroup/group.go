package cgroup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Parent is a group in which each process gets a child group. A nil Parent makes none.
type Parent struct {
	dir string

	mu        sync.Mutex
	disabled  bool
	lingering []string // groups in which descendants live on
}

// Open uses dir, which must be a writable cgroup2 directory of a kernel that has cgroup.kill.
func Open(dir string) (*Parent, error) {
	var statfs unix.Statfs_t
	if err := unix.Statfs(dir, &statfs); err != nil || statfs.Type != unix.CGROUP2_SUPER_MAGIC {
		return nil, fmt.Errorf("%s is not a cgroup2 directory", dir)
	}
	probe := filepath.Join(dir, fmt.Sprintf("warren-probe-%d", os.Getpid()))
	if err := os.Mkdir(probe, 0o755); err != nil {
		return nil, err
	}
	defer os.Remove(probe)
	if _, err := os.Stat(filepath.Join(probe, "cgroup.kill")); err != nil {
		return nil, err
	}
	return &Parent{dir: dir}, nil
}

// OpenOwn uses the group this process is in.
func OpenOwn(l Locator) (*Parent, error) {
	dir, ok := l.unified()
	if !ok {
		return nil, errors.New("no cgroup2 hierarchy is mounted")
	}
	return Open(dir)
}

// Disable stops making groups, after the kernel has refused to start a process in one.
func (p *Parent) Disable() {
	p.mu.Lock()
	p.disabled = true
	p.mu.Unlock()
}

// Enabled reports whether processes get groups.
func (p *Parent) Enabled() bool {
	if p == nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.disabled
}

// Group is the group of one process. A nil Group does nothing.
type Group struct {
	parent *Parent
	dir    string
	FD     int // of the directory, until Started
}

// New makes a group, or returns nil where that does not work.
func (p *Parent) New(id string) *Group {
	if !p.Enabled() {
		return nil
	}
	dir := filepath.Join(p.dir, "warren-"+id)
	if err := syscall.Mkdir(dir, 0o755); err != nil {
		return nil
	}
	fd, err := syscall.Open(dir, syscall.O_DIRECTORY|syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		_ = syscall.Rmdir(dir)
		return nil
	}
	return &Group{parent: p, dir: dir, FD: fd}
}

// Started closes what only the start needed.
func (g *Group) Started() {
	if g != nil {
		_ = syscall.Close(g.FD)
	}
}

// Kill ends everything in the group and below it.
func (g *Group) Kill() {
	if g != nil {
		_ = os.WriteFile(filepath.Join(g.dir, "cgroup.kill"), []byte("1"), 0)
	}
}

// Remove deletes the group now, or later when the last descendant has left it.
func (g *Group) Remove() {
	if g == nil {
		return
	}
	g.parent.mu.Lock()
	defer g.parent.mu.Unlock()
	g.parent.lingering = append(g.parent.lingering, g.dir)
	g.parent.sweepLocked()
}

// Sweep tries to delete what is left for some time: a killed process leaves its group a moment
// after its parent has seen it end.
func (p *Parent) Sweep(patience time.Duration) {
	if p == nil {
		return
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(2 * time.Millisecond) {
		p.mu.Lock()
		p.sweepLocked()
		left := len(p.lingering)
		p.mu.Unlock()
		if left == 0 || time.Now().After(deadline) {
			return
		}
	}
}

func (p *Parent) sweepLocked() {
	left := p.lingering[:0]
	for _, dir := range p.lingering {
		if !remove(dir) {
			left = append(left, dir)
		}
	}
	p.lingering = left
}

// remove deletes a group and the groups the workload made in it.
func remove(dir string) bool {
	err := syscall.Rmdir(dir)
	if err == nil || err == syscall.ENOENT {
		return true
	}
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && path != dir {
			if !remove(path) {
				return fs.SkipAll
			}
			return fs.SkipDir
		}
		return nil
	})
	return syscall.Rmdir(dir) == nil
}
