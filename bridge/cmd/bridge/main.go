// Command bridge runs in every sandbox: as PID 1 (init) and as the server the host talks to.
package main

import (
	"fmt"
	"os"
	"runtime"

	_ "dev.warren/bridge/internal/early" // init never gets beyond this import
	"dev.warren/bridge/internal/initd"
	"dev.warren/bridge/internal/server"
)

var version = "dev" // set by the build

const usage = `usage: bridge init|serve --sandbox-id ID --root DIR --listen unix:PATH|tcp:HOST:PORT
         [--client-ca FILE] [--stop-grace-millis 8000] [--cgroup DIR] [--subreaper]
       bridge version`

func main() {
	command := ""
	if len(os.Args) > 1 {
		command = os.Args[1]
	}
	switch command {
	case "serve":
		serve(os.Args[2:])
	case "version":
		fmt.Println(version)
	default:
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
}

func serve(args []string) {
	// The bridge leaves the cores to the workload, however many there are.
	runtime.GOMAXPROCS(2)
	if os.Getppid() == 1 {
		initd.Shield()
	}
	initd.KeepDescriptorsPrivate()
	options, err := server.Parse(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "bridge serve: %v\n%s\n", err, usage)
		os.Exit(2)
	}
	options.Version = version
	if err := server.Run(options, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bridge serve:", err)
		os.Exit(1)
	}
}
