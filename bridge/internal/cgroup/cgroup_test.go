package cgroup

import (
	"os"
	"path/filepath"
	"testing"
)

// tree makes a file system with the given files.
func tree(t *testing.T, files map[string]string) Locator {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return Locator{Root: root}
}

func TestTheCounterIsFoundInEveryLayout(t *testing.T) {
	const v1 = "oom_kill_disable 0\nunder_oom 0\noom_kill 5\n"
	const v2 = "low 0\nhigh 0\nmax 3\noom 2\noom_kill 7\noom_group_kill 0\n"
	cases := []struct {
		name  string
		files map[string]string
		want  int64
	}{
		{"v2, namespace of its own", map[string]string{
			"proc/self/cgroup":            "0::/\n",
			"proc/self/mountinfo":         "30 20 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw\n",
			"sys/fs/cgroup/memory.events": v2}, 7},
		{"v2, the host's namespace", map[string]string{
			"proc/self/cgroup":                      "0::/kube/pod\n",
			"proc/self/mountinfo":                   "30 20 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup rw\n",
			"sys/fs/cgroup/kube/pod/memory.events":  v2,
			"sys/fs/cgroup/other/pod/memory.events": "oom_kill 1\n"}, 7},
		{"v1, our part is mounted", map[string]string{
			"proc/self/cgroup":                        "9:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n",
			"proc/self/mountinfo":                     "31 20 0:27 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n",
			"sys/fs/cgroup/memory/memory.oom_control": v1}, 5},
		{"hybrid: memory is v1", map[string]string{
			"proc/self/cgroup": "4:memory:/x\n0::/\n",
			"proc/self/mountinfo": "30 20 0:26 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n" +
				"31 20 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n",
			"sys/fs/cgroup/unified/cgroup.procs":        "",
			"sys/fs/cgroup/memory/x/memory.oom_control": v1}, 5},
		{"nothing is mounted", map[string]string{"proc/self/cgroup": "0::/\n", "proc/self/mountinfo": ""}, 0},
		{"no /proc", nil, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := OpenOOM(tree(t, c.files)).Count(); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

func TestTheCounterIsReadAnew(t *testing.T) {
	l := tree(t, map[string]string{"proc/self/cgroup": "0::/\n",
		"proc/self/mountinfo": "30 20 0:26 / /c rw - cgroup2 c rw\n", "c/memory.events": "oom_kill 0\n"})
	counter := OpenOOM(l)
	if err := os.WriteFile(filepath.Join(l.Root, "c/memory.events"), []byte("oom_kill 1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := counter.Count(); got != 1 {
		t.Errorf("got %d", got)
	}
}

func TestWithoutAHierarchyThereAreNoGroups(t *testing.T) {
	if _, err := Open(t.TempDir()); err == nil {
		t.Error("a plain directory was taken for a cgroup")
	}
	var none *Parent
	if none.Enabled() || none.New("x") != nil {
		t.Error("groups out of nothing")
	}
	var group *Group
	group.Kill()
	group.Started()
	group.Remove()
}
