package journal

import (
	"strings"
	"unicode/utf8"
)

const tailBytes = 8 << 10

// tail remembers the last bytes of a stream, also those that were acknowledged long ago.
type tail struct{ data []byte }

func (t *tail) write(p []byte) {
	p = p[max(0, len(p)-tailBytes):]
	if len(t.data)+len(p) > 2*tailBytes {
		t.data = append(t.data[:0], t.data[len(t.data)-tailBytes:]...)
	}
	t.data = append(t.data, p...)
}

// text returns valid UTF-8 of at most tailBytes which neither begins nor ends within a character.
func (t *tail) text() string {
	data := t.data[max(0, len(t.data)-tailBytes):]
	if len(t.data) > tailBytes {
		for i := 0; i < utf8.UTFMax && len(data) > 0 && !utf8.RuneStart(data[0]); i++ {
			data = data[1:]
		}
	}
	for i := 1; i < utf8.UTFMax && i <= len(data); i++ {
		if c := data[len(data)-i]; utf8.RuneStart(c) {
			if !utf8.FullRune(data[len(data)-i:]) {
				data = data[:len(data)-i]
			}
			break
		}
	}
	text := strings.ToValidUTF8(string(data), "\uFFFD")
	for cut := len(text) - tailBytes; cut > 0 && cut < len(text); cut++ {
		if utf8.RuneStart(text[cut]) {
			return text[cut:]
		}
	}
	return text
}
