// Package early runs `bridge init` before anything else of the program is initialised.
//
// An oddity on purpose: Go initialises packages by import path as their imports allow, so this
// package, which needs next to nothing, comes before grpc and protobuf. Their tables, which cost
// megabytes of memory, are then never built in PID 1.
package early

import (
	"os"

	"dev.warren/bridge/internal/initd"
)

func init() {
	if len(os.Args) > 1 && os.Args[1] == "init" {
		os.Exit(initd.Run(os.Args[2:]))
	}
}
