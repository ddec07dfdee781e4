package initd

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	// What is still there when the server has ended has had its grace already.
	sweepGrace = 200 * time.Millisecond
	sweepLimit = 5 * time.Second
	sweepPause = 2 * time.Millisecond
)

// sweep ends and reaps everything that is left: SIGTERM, soon after SIGKILL.
func sweep() {
	begin := time.Now()
	signalRest(syscall.SIGTERM)
	for time.Since(begin) < sweepLimit {
		if !reapEnded() && (os.Getpid() == 1 || len(descendants()) == 0) {
			return
		}
		if time.Since(begin) > sweepGrace {
			signalRest(syscall.SIGKILL)
		}
		time.Sleep(sweepPause)
	}
}

// reapEnded returns false when there are no children left.
func reapEnded() bool {
	for {
		switch pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); {
		case err == syscall.EINTR || pid > 0:
		case err != nil:
			return false
		default:
			return true
		}
	}
}

// signalRest reaches, as PID 1, all of the PID namespace, and otherwise all descendants: as the
// subreaper we are the ancestor of whatever the server has started.
func signalRest(sig syscall.Signal) {
	if os.Getpid() == 1 {
		_ = syscall.Kill(-1, sig)
		return
	}
	for _, pid := range descendants() {
		_ = syscall.Kill(pid, sig)
	}
}

func descendants() []int {
	parents := parentsByPid()
	self := os.Getpid()
	var found []int
	for pid := range parents {
		for p, depth := parents[pid], 0; p > 1 && depth < 4096; p, depth = parents[p], depth+1 {
			if p == self {
				found = append(found, pid)
				break
			}
		}
	}
	return found
}

func parentsByPid() map[int]int {
	parents := make(map[int]int)
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		data, err := os.ReadFile("/proc/" + e.Name() + "/stat")
		if err != nil {
			continue
		}
		fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')')+1:]))
		if len(fields) > 1 {
			parents[pid], _ = strconv.Atoi(fields[1])
		}
	}
	return parents
}
