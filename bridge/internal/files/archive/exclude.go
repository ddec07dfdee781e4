package archive

import (
	"path"
	"strings"
)

type exclusions map[string]bool

func newExclusions(paths []string) (exclusions, error) {
	e := exclusions{}
	for _, p := range paths {
		clean := path.Clean(p)
		if p == "" || strings.HasPrefix(p, "/") || clean == "." || clean == ".." || strings.HasPrefix(clean, "../") {
			return nil, invalid("export: exclude %q must name something below the exported directory", p)
		}
		e[clean] = true
	}
	return e, nil
}
