package archive

import (
	"io"
	"math"
)

const (
	block = 512
	// What an archive may unpack to besides content: headers, padding, and long names now and then.
	overheadBase     = 64 << 20
	overheadPerEntry = 4 << 10
	// Blocking factors of tar programs pad the end with zeros.
	maxPadding = 16 << 20
)

// meter watches the unpacked stream: a bomb ends at the limit whatever it consists of, and the
// zeros at the end tell a complete archive from one that was cut between two entries.
type meter struct {
	r     io.Reader
	left  int64
	zeros int64 // at the end of what was read
}

func newMeter(r io.Reader, content, entries int64) *meter {
	left := int64(math.MaxInt64)
	if content < left/4 && entries < left/4/overheadPerEntry {
		left = content + overheadBase + entries*overheadPerEntry
	}
	return &meter{r: r, left: left}
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if m.left -= int64(n); m.left < 0 {
		return 0, overLimit("import", "the archive unpacks to more than its limits allow")
	}
	m.note(p[:n])
	return n, err
}

func (m *meter) note(p []byte) {
	for i := len(p) - 1; i >= 0; i-- {
		if p[i] != 0 {
			m.zeros = int64(len(p) - 1 - i)
			return
		}
		if int64(len(p)-i) >= block {
			break // enough is known
		}
	}
	m.zeros += int64(len(p))
}

// end demands the closing block of zeros, then reads to the end so that checksums are verified.
func (m *meter) end() error {
	if m.zeros < block {
		return bad("the archive ends without its closing blocks: it was cut off")
	}
	n, err := io.Copy(io.Discard, io.LimitReader(m, maxPadding+1))
	if err != nil {
		return err
	}
	if n > maxPadding {
		return bad("more than %d bytes follow the end of the archive", int64(maxPadding))
	}
	return nil
}
