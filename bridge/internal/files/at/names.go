package at

import (
	"crypto/rand"
	"encoding/hex"
	"strings"
)

// Names of our own in other people's directories. Whatever a crash leaves behind has one of them.
const (
	TempPrefix   = ".warren-tmp-"
	ImportPrefix = ".warren-import-"
	randomBytes  = 8
)

// RandomName is a fresh hidden name.
func RandomName(prefix string) string {
	var b [randomBytes]byte
	_, _ = rand.Read(b[:]) // never fails
	return prefix + hex.EncodeToString(b[:])
}

// IsOwn tells whether name is one that RandomName draws with prefix.
func IsOwn(name, prefix string) bool {
	rest, found := strings.CutPrefix(name, prefix)
	if !found || len(rest) != 2*randomBytes {
		return false
	}
	_, err := hex.DecodeString(rest)
	return err == nil
}
