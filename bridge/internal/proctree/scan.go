// Package proctree finds and ends everything a process has started, also what has left its
// process group and session.
//
// A member is found by the leader's session, by its process group, as a descendant, or by the
// marker variables every child inherits. What clears its environment after a double fork and a
// setsid is out of reach; only a cgroup holds that.
package proctree

import (
	"bytes"
	"os"
	"strconv"
)

type entry struct {
	pid, parent, group, session int
	start                       uint64 // clock ticks after boot: with the pid it names a process
	dead                        bool
}

// stat reads /proc/PID/stat. The name in it may hold anything, so fields count from its end.
func stat(pid int) (entry, bool) {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return entry{}, false
	}
	fields := bytes.Fields(data[bytes.LastIndexByte(data, ')')+1:])
	if len(fields) < 20 {
		return entry{}, false
	}
	number := func(i int) int { n, _ := strconv.Atoi(string(fields[i])); return n }
	e := entry{pid: pid, parent: number(1), group: number(2), session: number(3)}
	e.start, _ = strconv.ParseUint(string(fields[19]), 10, 64)
	// A process whose first thread has ended shows as a zombie while the others run.
	e.dead = (fields[0][0] == 'Z' || fields[0][0] == 'X') && number(17) <= 1
	return e, true
}

// scan returns all processes but this one, its parent, and PID 1: these are never members.
func scan() []entry {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	self, parent := os.Getpid(), os.Getppid()
	entries := make([]entry, 0, len(names))
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil || pid == self || pid == parent || pid == 1 {
			continue
		}
		if e, ok := stat(pid); ok {
			entries = append(entries, e)
		}
	}
	return entries
}

// hasMarkers reports whether all markers ("NAME=value") are in the process's first environment.
func hasMarkers(pid int, markers []string) bool {
	if len(markers) == 0 {
		return false
	}
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
	if err != nil {
		return false
	}
	data = append(append([]byte{0}, data...), 0)
	for _, m := range markers {
		if !bytes.Contains(data, []byte("\x00"+m+"\x00")) {
			return false
		}
	}
	return true
}
