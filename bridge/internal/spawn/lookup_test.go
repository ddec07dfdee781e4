package spawn

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
)

func TestTheSearchPassesOverWhatIsNoProgram(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{"a/tool", "b", "c", "rel"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(root, "b/tool"), "not executable")
	write(t, filepath.Join(root, "c/tool"), "")
	write(t, filepath.Join(root, "rel/tool"), "")
	for _, name := range []string{"c/tool", "rel/tool"} {
		if err := os.Chmod(filepath.Join(root, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	path := "PATH=" + root + "/none:" + root + "/a:" + root + "/b:" + root + "/c:rel"
	got, err := candidates("tool", root, []string{path})
	if want := []string{root + "/c/tool", root + "/rel/tool"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := candidates("tool", root, []string{"PATH=" + root + "/b"}); fault.ReasonOf(err) != bridgepb.Reason_REASON_NOT_EXECUTABLE {
		t.Errorf("got %v", err)
	}
	if _, err := candidates("tool", root, nil); fault.ReasonOf(err) != bridgepb.Reason_REASON_COMMAND_NOT_FOUND {
		t.Errorf("without PATH: %v", err)
	}
}
