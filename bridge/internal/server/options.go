// Package server is the bridge as a server: identity, listener, greeting, and the services.
package server

import (
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"
)

// Options are the command line of `bridge serve`.
type Options struct {
	SandboxID string
	Root      string
	Network   string // "unix" or "tcp"
	Address   string
	ClientCA  string
	StopGrace time.Duration
	Cgroup    string
	Alias     string // a path of clients that means Root
	Version   string
}

// Parse reads the command line and refuses what could only fail later or weaken the sandbox.
func Parse(args []string) (Options, error) {
	var o Options
	var listen string
	var graceMillis int64
	set := flag.NewFlagSet("bridge", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&o.SandboxID, "sandbox-id", "", "")
	set.StringVar(&o.Root, "root", "/data", "")
	set.StringVar(&listen, "listen", "", "")
	set.StringVar(&o.ClientCA, "client-ca", "", "")
	set.Int64Var(&graceMillis, "stop-grace-millis", 8000, "")
	set.StringVar(&o.Cgroup, "cgroup", "", "")
	set.Bool("subreaper", false, "") // concerns init only
	set.StringVar(&o.Alias, "root-alias", "", "")
	if err := set.Parse(args); err != nil {
		return o, err
	}
	o.StopGrace = time.Duration(graceMillis) * time.Millisecond
	var found bool
	o.Network, o.Address, found = strings.Cut(listen, ":")
	switch {
	case set.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q", set.Arg(0))
	case o.SandboxID == "" || strings.ContainsRune(o.SandboxID, 0):
		return o, fmt.Errorf("--sandbox-id is required")
	case !filepath.IsAbs(o.Root):
		return o, fmt.Errorf("--root %q must be absolute", o.Root)
	case o.Alias != "" && (!filepath.IsAbs(o.Alias) || filepath.Clean(o.Alias) == "/"):
		return o, fmt.Errorf("--root-alias %q must be absolute and not /", o.Alias)
	case graceMillis < 0:
		return o, fmt.Errorf("--stop-grace-millis must not be negative")
	case !found || o.Address == "" || o.Network != "unix" && o.Network != "tcp":
		return o, fmt.Errorf("--listen %q must be unix:PATH or tcp:HOST:PORT", listen)
	case o.Network == "tcp" && o.ClientCA == "":
		return o, fmt.Errorf("--listen tcp: needs --client-ca FILE: there is no TCP without mutual TLS")
	case o.Network == "unix" && o.ClientCA != "":
		return o, fmt.Errorf("--client-ca is for --listen tcp: only; a unix socket is checked by its peer's pid")
	}
	return o, nil
}
