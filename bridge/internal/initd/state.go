package initd

import (
	"os"
	"strconv"
	"strings"
)

// stateFile tells the host's process runtime, over a restart of the host application, which
// process the sandbox is and how it ended. Empty: not wanted.
type stateFile string

// running writes the pid and, against a reused pid, the start time.
func (f stateFile) running() error {
	if f == "" {
		return nil
	}
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return err
	}
	const startTime = 22 - 3 // counted from the state, the first field after the name
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	return f.write("pid " + strconv.Itoa(os.Getpid()) + "\nstart " + fields[startTime] + "\n")
}

func (f stateFile) ended(code int) {
	if f == "" {
		return
	}
	if text, err := os.ReadFile(string(f)); err == nil {
		_ = f.write(string(text) + "exit " + strconv.Itoa(code) + "\n")
	}
}

// write replaces the file, so that a reader sees all of it or nothing.
func (f stateFile) write(text string) error {
	staged := string(f) + ".new"
	if err := os.WriteFile(staged, []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(staged, string(f))
}
