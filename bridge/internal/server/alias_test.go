package server

import (
	"testing"

	"dev.warren/bridge/internal/bridgepb"
)

func TestAliasMeansTheRoot(t *testing.T) {
	for path, want := range map[string]string{
		"/data": "", "/data/": "", "/data/a/b": "a/b", "/data//a": "a",
		"/database": "/database", "/": "/", "data": "data", "a/data": "a/data", "": "",
	} {
		if got := alias("/data").resolve(path); got != want {
			t.Errorf("%q: got %q, want %q", path, got, want)
		}
	}
}

func TestAliasReachesEveryPathOfARequest(t *testing.T) {
	rename := &bridgepb.RenameRequest{From: "/data/a", To: "/data/b", NoFollow: &bridgepb.NoFollow{Root: "/data/c"}}
	alias("/data").rewrite(rename)
	if rename.From != "a" || rename.To != "b" || rename.NoFollow.Root != "c" {
		t.Errorf("rename: %v", rename)
	}
	start := &bridgepb.ProcessInput{Frame: &bridgepb.ProcessInput_Start{Start: &bridgepb.ProcessStart{
		Cwd: "/data/work", Argv: []string{"/data/tool"}}}}
	alias("/data").rewrite(start)
	if start.GetStart().Cwd != "work" || start.GetStart().Argv[0] != "/data/tool" {
		t.Errorf("start: %v", start)
	}
}

func TestWithoutAliasPathsAreLeftAlone(t *testing.T) {
	stat := &bridgepb.StatRequest{Path: "/data/a"}
	alias("").rewrite(stat)
	if stat.Path != "/data/a" {
		t.Errorf("got %q", stat.Path)
	}
}
