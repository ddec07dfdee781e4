// Command yardstick is what Warren is measured against: it starts programs without the weight of a
// JVM, and it streams bytes over gRPC with nothing behind it.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "yardstick:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 1 && args[0] == "spawn":
		return spawnAll(os.Stdin, os.Stdout)
	case len(args) == 2 && args[0] == "stream":
		return stream(args[1])
	default:
		return fmt.Errorf("usage: yardstick spawn | yardstick stream SOCKET")
	}
}
