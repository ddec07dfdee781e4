package lines

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// collector is fed the text in pieces that end at line ends at the latest.
type collector struct {
	window  Window
	keepMax int // a few bytes over the limits, so that no character is cut by forgetting its rest

	content  strings.Builder
	lines    int64
	total    int64
	cutLines int64
	full     bool

	line    []byte // the first bytes of the current line, without its end once it is complete
	length  int64  // of the current line so far
	endings [2]byte
}

func (c *collector) add(piece []byte) {
	if len(piece) == 0 {
		return
	}
	c.length += int64(len(piece))
	if len(piece) == 1 {
		c.endings[0] = c.endings[1]
	} else {
		c.endings[0] = piece[len(piece)-2]
	}
	c.endings[1] = piece[len(piece)-1]
	if c.wanted() {
		room := c.keepMax - len(c.line)
		c.line = append(c.line, piece[:min(room, len(piece))]...)
	}
}

// done: nothing but the number of lines is of interest any more.
func (c *collector) done() bool { return c.full || c.lines == c.window.MaxLines }

// wanted: the current line is in the window, and the content has room for more.
func (c *collector) wanted() bool {
	return !c.done() && c.total+1 >= c.window.First
}

func (c *collector) endLine() {
	if c.wanted() {
		c.take()
	}
	c.total++
	c.line = c.line[:0]
	c.length = 0
	c.endings = [2]byte{}
}

func (c *collector) ending() string {
	switch {
	case c.length == 0 || c.endings[1] != '\n':
		return ""
	case c.length > 1 && c.endings[0] == '\r':
		return "\r\n"
	}
	return "\n"
}

// take appends the line, cut at MaxChars. Where the rest of MaxBytes is too small for it the
// content is full, unless it would stay empty: a caller must be able to go on.
func (c *collector) take() {
	ending := c.ending()
	body := c.line
	if int64(len(body)) == c.length {
		body = bytes.TrimSuffix(body, []byte(ending))
	}
	room := c.window.MaxBytes - c.content.Len()
	text, cut := cutChars(body, c.window.MaxChars, c.window.MaxBytes-len(ending))
	if int64(len(body)+len(ending)) < c.length {
		cut = true
	}
	if c.lines > 0 && (len(text)+len(ending) > room || cut && c.cutByBytes(text)) {
		c.full = true
		return
	}
	c.content.WriteString(text)
	c.content.WriteString(ending)
	c.lines++
	if cut {
		c.cutLines++
	}
}

// cutByBytes: the line was cut although it has fewer characters than allowed. On a page of its own
// it may show more.
func (c *collector) cutByBytes(text string) bool {
	return utf8.RuneCountInString(text) < c.window.MaxChars
}

// cutChars decodes at most maxChars characters that take at most maxBytes, invalid bytes replaced.
func cutChars(body []byte, maxChars, maxBytes int) (text string, cut bool) {
	var b strings.Builder
	for chars := 0; len(body) > 0; chars++ {
		r, size := utf8.DecodeRune(body)
		if chars == maxChars || b.Len()+utf8.RuneLen(r) > maxBytes {
			return b.String(), true
		}
		b.WriteRune(r)
		body = body[size:]
	}
	return b.String(), false
}

// skim takes whole pieces of text, wherever they end, only to count lines.
func (c *collector) skim(piece []byte) {
	c.total += int64(bytes.Count(piece, []byte{'\n'}))
	if len(piece) > 0 {
		c.length = 0
		if piece[len(piece)-1] != '\n' {
			c.length = 1
		}
	}
}

func (c *collector) page() Page {
	return Page{Content: c.content.String(), Lines: c.lines, Total: c.total, CutLines: c.cutLines}
}
