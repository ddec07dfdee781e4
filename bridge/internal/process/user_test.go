package process

import (
	"os"
	"testing"

	"dev.warren/bridge/internal/bridgepb"
)

func TestExecAsAnotherUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("changing the user needs root")
	}
	b := newBridge(t)
	r := &bridgepb.ProcessStart{User: "54321:54322", Cwd: "/", Argv: []string{"sh", "-c", `id -u; id -g; id -G; echo "$HOME $USER"`}}
	c := b.start(r)
	c.wantExit(exited, 0)
	if c.stdout() != "54321\n54322\n54322\n/ 54321\n" {
		t.Errorf("got %q", c.stdout())
	}
	// Its tree is ended all the same.
	r = sh("sleep 600 & echo ready; wait")
	r.User, r.Cwd = "54321", "/"
	c = b.start(r)
	c.untilStdout("ready")
	c.send(&bridgepb.ProcessInput{Frame: &bridgepb.ProcessInput_Cancel{Cancel: &bridgepb.Cancel{}}})
	c.wantExit(cancelled, 137)
}
