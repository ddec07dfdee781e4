// Package footprint gives back the pages of the program file that only its start has needed.
//
// They are clean pages of the page cache, shared by all bridges of a host, but they count as
// resident in each of them. What is needed again is mapped again by a minor fault.
package footprint

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"syscall"
	"unsafe"
)

// Trim unmaps the read-only parts of the program file. A part that was ever written to, as
// relocated data is, stays: its content exists nowhere else.
func Trim() {
	data, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		return
	}
	var from, to uintptr
	for line := range bytes.Lines(data) {
		fields := bytes.Fields(line)
		switch {
		case len(fields) >= 6 && fields[5][0] == '/':
			from, to = mapping(string(fields[0]), string(fields[1]))
		case len(fields) == 5 && bytes.IndexByte(fields[0], '-') > 0:
			from, to = 0, 0
		case from != 0 && len(fields) == 3 && string(fields[0]) == "Anonymous:":
			if string(fields[1]) == "0" {
				_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, from, to-from, syscall.MADV_DONTNEED)
			}
			from = 0
		}
	}
}

// mapping parses "from-to" of a read-only private mapping.
func mapping(span, mode string) (from, to uintptr) {
	if mode != "r-xp" && mode != "r--p" {
		return 0, 0
	}
	dash := strings.IndexByte(span, '-')
	low, err1 := strconv.ParseUint(span[:dash], 16, 8*int(unsafe.Sizeof(from)))
	high, err2 := strconv.ParseUint(span[dash+1:], 16, 8*int(unsafe.Sizeof(from)))
	if err1 != nil || err2 != nil {
		return 0, 0
	}
	return uintptr(low), uintptr(high)
}
