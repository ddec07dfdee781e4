package files

import (
	"encoding/base64"
	"strings"

	"golang.org/x/sys/unix"
)

// cursor is where a page ended: the last entry it held, and whether what is below it is still to
// come. On the wire: 'd' (descend) or 's' (skip), then the path, in base64 as names may be any bytes.
type cursor struct {
	path    []string
	descend bool
}

func (c cursor) String() string {
	mark := "s"
	if c.descend {
		mark = "d"
	}
	return base64.RawURLEncoding.EncodeToString([]byte(mark + strings.Join(c.path, "/")))
}

func parseCursor(text string) (cursor, error) {
	if text == "" {
		return cursor{}, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) < 2 || len(raw) > unix.PathMax+1 || (raw[0] != 'd' && raw[0] != 's') {
		return cursor{}, invalid("list", text, "is not a cursor of a listing; pass next_cursor unchanged")
	}
	return cursor{path: strings.Split(string(raw[1:]), "/"), descend: raw[0] == 'd'}, nil
}
