package initd

import (
	"errors"
	"os"
	"strings"
	"syscall"
)

// options are the part of the command line that concerns init; the server gets the rest.
type options struct {
	subreaper bool
	state     stateFile
	path      string // of the program to start
	argv      []string
}

// parse takes its own flags, and after "--" a command to run instead of the server.
func parse(args []string) (options, error) {
	o := options{path: "/proc/self/exe", argv: []string{os.Args[0], "serve"}}
	for i := 0; i < len(args); i++ {
		switch arg := args[i]; arg {
		case "--subreaper", "-subreaper":
			o.subreaper = true
		case "--state-file":
			i++
			if i == len(args) {
				return o, errors.New("--state-file needs a value")
			}
			o.state = stateFile(args[i])
		case "--":
			if i+1 == len(args) {
				return o, errors.New("there is no command after --")
			}
			o.argv = args[i+1:]
			o.path = lookup(o.argv[0])
			return o, nil
		default:
			o.argv = append(o.argv, arg)
		}
	}
	return o, nil
}

// lookup finds a command in the search path; what it does not find, exec will report.
func lookup(name string) string {
	if strings.ContainsRune(name, '/') {
		return name
	}
	const executable = 1
	for _, dir := range strings.Split(os.Getenv("PATH"), ":") {
		if dir == "" {
			continue
		}
		if path := dir + "/" + name; syscall.Access(path, executable) == nil {
			return path
		}
	}
	return name
}
