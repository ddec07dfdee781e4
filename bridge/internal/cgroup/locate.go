// Package cgroup gives each process a control group of its own where that is allowed, and reads
// how often the kernel has killed for want of memory.
package cgroup

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Locator finds the groups of this process; its root is "/" but in tests.
type Locator struct{ Root string }

func (l Locator) path(p string) string { return filepath.Join(l.Root, p) }

// unified returns the directory of our own group in the cgroup2 hierarchy.
func (l Locator) unified() (string, bool) { return l.find("cgroup2", "") }

// memory returns the directory of our group in the v1 memory hierarchy.
func (l Locator) memory() (string, bool) { return l.find("cgroup", "memory") }

func (l Locator) find(fsType, controller string) (string, bool) {
	own, ok := l.ownPath(controller)
	if !ok {
		return "", false
	}
	file, err := os.Open(l.path("/proc/self/mountinfo"))
	if err != nil {
		return "", false
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		before, after, found := strings.Cut(lines.Text(), " - ")
		fields, super := strings.Fields(before), strings.Fields(after)
		if !found || len(fields) < 5 || len(super) < 3 || super[0] != fsType {
			continue
		}
		if controller != "" && !slices.Contains(strings.Split(super[2], ","), controller) {
			continue
		}
		dir := l.path(fields[4])
		// The mount may show a part of the hierarchy; without our part in it, it shows our group.
		if rel, err := filepath.Rel(fields[3], own); err == nil && !strings.HasPrefix(rel, "..") {
			if sub := filepath.Join(dir, rel); isDir(sub) {
				return sub, true
			}
		}
		return dir, true
	}
	return "", false
}

// ownPath reads /proc/self/cgroup: "ID:controllers:path", with an empty list for cgroup2.
func (l Locator) ownPath(controller string) (string, bool) {
	data, err := os.ReadFile(l.path("/proc/self/cgroup"))
	if err != nil {
		return "", false
	}
	for line := range strings.Lines(string(data)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) == 3 && slices.Contains(strings.Split(parts[1], ","), controller) {
			return parts[2], true
		}
	}
	return "", false
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
