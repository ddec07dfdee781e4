package cgroup

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
)

// OOM counts the kernel's out-of-memory kills in our group. A nil OOM counts nothing.
type OOM struct{ file *os.File }

// OpenOOM finds the counter: memory.events of cgroup2, else memory.oom_control of v1.
func OpenOOM(l Locator) *OOM {
	if dir, ok := l.unified(); ok {
		if o := openCounter(filepath.Join(dir, "memory.events")); o != nil {
			return o
		}
	}
	if dir, ok := l.memory(); ok {
		return openCounter(filepath.Join(dir, "memory.oom_control"))
	}
	return nil
}

func openCounter(path string) *OOM {
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	return &OOM{file: file}
}

// Count returns the kills so far. The file stays open because this is asked at every start.
func (o *OOM) Count() int64 {
	if o == nil {
		return 0
	}
	var buffer [512]byte
	n, _ := o.file.ReadAt(buffer[:], 0)
	for line := range bytes.Lines(buffer[:n]) {
		if fields := bytes.Fields(line); len(fields) == 2 && string(fields[0]) == "oom_kill" {
			count, _ := strconv.ParseInt(string(fields[1]), 10, 64)
			return count
		}
	}
	return 0
}
