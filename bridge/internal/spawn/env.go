package spawn

import (
	"sort"
	"strings"
)

// DefaultPath is used where there is no PATH.
const DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// Environment says how to make a child's environment from the bridge's own.
type Environment struct {
	Base   []string // of the bridge, "NAME=value"
	Clean  bool     // start from PATH, HOME and TERM only
	Unset  []string // names; a trailing * matches any rest
	User   *User    // sets HOME, USER and LOGNAME
	Term   string   // of a terminal
	Set    map[string]string
	Always map[string]string // wins over everything
}

// List returns the environment, sorted.
func (e Environment) List() []string {
	env := e.base()
	if _, ok := env["PATH"]; !ok {
		env["PATH"] = DefaultPath
	}
	if e.User != nil {
		env["HOME"], env["USER"], env["LOGNAME"] = e.User.Home, e.User.Name, e.User.Name
	}
	if e.Term != "" {
		env["TERM"] = e.Term
	}
	for _, pattern := range e.Unset {
		unset(env, pattern)
	}
	for name, value := range e.Set {
		env[name] = value
	}
	for name, value := range e.Always {
		env[name] = value
	}
	list := make([]string, 0, len(env))
	for name, value := range env {
		list = append(list, name+"="+value)
	}
	sort.Strings(list)
	return list
}

func (e Environment) base() map[string]string {
	env := make(map[string]string, len(e.Base)+len(e.Set)+4)
	for _, pair := range e.Base {
		name, value, found := strings.Cut(pair, "=")
		if !found || strings.HasPrefix(name, "WARREN_") {
			continue
		}
		if e.Clean && name != "PATH" && name != "HOME" && name != "TERM" {
			continue
		}
		env[name] = value
	}
	return env
}

func unset(env map[string]string, pattern string) {
	prefix, wild := strings.CutSuffix(pattern, "*")
	if !wild {
		delete(env, pattern)
		return
	}
	for name := range env {
		if strings.HasPrefix(name, prefix) {
			delete(env, name)
		}
	}
}

// value looks a variable up in a list.
func value(env []string, name string) string {
	for _, pair := range env {
		if v, ok := strings.CutPrefix(pair, name+"="); ok {
			return v
		}
	}
	return ""
}
