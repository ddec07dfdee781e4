package journal

import (
	"bytes"
	"strings"
	"testing"
)

// collect runs the framer and returns the lines it made, long ones by their length.
func collect(maxLine int, chunks ...[]byte) (lines []string, long []LongLine, total int64) {
	framer := Lines{
		Max: maxLine,
		Put: func(record []byte) {
			total += int64(len(record))
			lines = append(lines, strings.SplitAfter(strings.TrimSuffix(string(record), "\n"), "\n")...)
		},
		Long: func(l LongLine) { long = append(long, l); total += l.Length },
	}
	for _, c := range chunks {
		framer.Write(c)
	}
	framer.Close()
	return lines, long, total
}

func TestLinesJoinsWhatReadsHaveSplit(t *testing.T) {
	lines, _, _ := collect(100, []byte(`{"a`), []byte(`":1}`), []byte("\n{}\n{\"b\""), []byte(":2}"))
	want := []string{`{"a":1}`, "{}", `{"b":2}`}
	for i := range lines {
		lines[i] = strings.TrimSuffix(lines[i], "\n")
	}
	if strings.Join(lines, "|") != strings.Join(want, "|") {
		t.Errorf("got %q", lines)
	}
}

func TestLinesKeepsTheEndsOfALongLineInBoundedMemory(t *testing.T) {
	var long []LongLine
	framer := Lines{Max: 1 << 10, Put: func([]byte) {}, Long: func(l LongLine) { long = append(long, l) }}
	framer.Write([]byte("HEAD"))
	block := bytes.Repeat([]byte{'x'}, 32<<10)
	for range 1000 {
		framer.Write(block)
		if held := cap(framer.pending) + cap(framer.head) + cap(framer.tail); held > 64<<10 {
			t.Fatalf("holds %d bytes", held)
		}
	}
	framer.Write([]byte("TAIL\nnext\n"))
	if len(long) != 1 || long[0].Length != 1000*32<<10+9 {
		t.Fatalf("got %d long lines", len(long))
	}
	if !bytes.HasPrefix(long[0].Head, []byte("HEADxx")) || !bytes.HasSuffix(long[0].Tail, []byte("xxTAIL\n")) ||
		len(long[0].Head) != LongLineEnd || len(long[0].Tail) != LongLineEnd {
		t.Error("the ends are wrong")
	}
}

func TestLinesCountsTheLineFeedInTheLimit(t *testing.T) {
	lines, long, _ := collect(4, []byte("abc\nabcd\nx\n"))
	if len(lines) != 2 || len(long) != 1 || long[0].Length != 5 {
		t.Errorf("lines %q, long %v", lines, long)
	}
}

// FuzzLines: whatever the chunking, the stream is reproduced and no line is split or merged.
func FuzzLines(f *testing.F) {
	f.Add([]byte("a\nbb\n\nccc"), []byte{1, 2, 3}, uint16(10))
	f.Add([]byte("\n\n\n"), []byte{0}, uint16(1))
	f.Add([]byte("long line over the limit\nshort\n"), []byte{5, 1}, uint16(8))
	f.Add([]byte("no end"), []byte{}, uint16(6))
	f.Fuzz(func(t *testing.T, data, cuts []byte, limit uint16) {
		maxLine := int(limit) + 1
		var got bytes.Buffer
		framer := Lines{
			Max: maxLine,
			Put: func(record []byte) {
				if len(record) == 0 {
					t.Fatal("an empty record")
				}
				if rest := got.Bytes(); len(rest) > 0 && rest[len(rest)-1] != '\n' {
					t.Fatal("a record begins within a line")
				}
				for _, line := range bytes.SplitAfter(record, []byte("\n")) {
					if len(line) > maxLine {
						t.Fatalf("a line of %d bytes, limit %d", len(line), maxLine)
					}
				}
				got.Write(record)
			},
			Long: func(l LongLine) {
				if l.Length <= int64(maxLine) {
					t.Fatalf("%d bytes are not too long", l.Length)
				}
				line := data[got.Len() : got.Len()+int(l.Length)]
				if !bytes.HasPrefix(line, l.Head) || !bytes.HasSuffix(line, l.Tail) {
					t.Fatal("the ends of a long line are wrong")
				}
				got.Write(line)
			},
		}
		rest := data
		for _, c := range cuts {
			n := min(int(c), len(rest))
			framer.Write(rest[:n])
			rest = rest[n:]
		}
		framer.Write(rest)
		framer.Close()
		if !bytes.Equal(got.Bytes(), data) {
			t.Fatalf("got %q, want %q", got.Bytes(), data)
		}
	})
}
