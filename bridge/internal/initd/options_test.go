package initd

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestParseKeepsItsOwnFlagsAndGivesTheServerTheRest(t *testing.T) {
	o, err := parse([]string{"--subreaper", "--sandbox-id", "a", "--state-file", "/s", "--root", "/data"})
	if err != nil || !o.subreaper || o.state != "/s" || o.path != "/proc/self/exe" {
		t.Fatalf("%+v, %v", o, err)
	}
	if want := []string{os.Args[0], "serve", "--sandbox-id", "a", "--root", "/data"}; !reflect.DeepEqual(o.argv, want) {
		t.Errorf("got %q, want %q", o.argv, want)
	}
}

func TestParseTakesACommandInsteadOfTheServer(t *testing.T) {
	o, err := parse([]string{"--subreaper", "--", "sh", "-c", "exit 3"})
	if err != nil || !strings.HasSuffix(o.path, "/sh") || !reflect.DeepEqual(o.argv, []string{"sh", "-c", "exit 3"}) {
		t.Fatalf("%+v, %v", o, err)
	}
}

func TestParseRefusesWhatIsNotComplete(t *testing.T) {
	for _, args := range [][]string{{"--state-file"}, {"--"}} {
		if _, err := parse(args); err == nil {
			t.Errorf("%q: no error", args)
		}
	}
}

func TestStateFileTellsPidStartAndEnd(t *testing.T) {
	file := stateFile(filepath.Join(t.TempDir(), "task"))
	if err := file.running(); err != nil {
		t.Fatal(err)
	}
	file.ended(3)
	text, err := os.ReadFile(string(file))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[0], "pid ") || !strings.HasPrefix(lines[1], "start ") || lines[2] != "exit 3" {
		t.Errorf("got %q", text)
	}
}
