package lines

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

func read(t *testing.T, text string, change func(*Window)) Page {
	t.Helper()
	w := Window{First: 1, MaxLines: 2000, MaxBytes: 64 << 10, MaxChars: 2000}
	if change != nil {
		change(&w)
	}
	page, err := Read(context.Background(), iotest.HalfReader(strings.NewReader(text)), w)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestLines(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 200_000)
	cases := map[string]struct {
		text   string
		change func(*Window)
		want   Page
	}{
		"an empty text has no lines":          {"", nil, Page{}},
		"a last line without LF counts":       {"a\nb", nil, Page{Content: "a\nb", Lines: 2, Total: 2}},
		"a last LF starts no line":            {"a\nb\n", nil, Page{Content: "a\nb\n", Lines: 2, Total: 2}},
		"empty lines are lines":               {"\n\n", nil, Page{Content: "\n\n", Lines: 2, Total: 2}},
		"CRLF is kept":                        {"a\r\nb\r\n", nil, Page{Content: "a\r\nb\r\n", Lines: 2, Total: 2}},
		"the window starts at First":          {"a\nb\nc\n", func(w *Window) { w.First = 2; w.MaxLines = 1 }, Page{Content: "b\n", Lines: 1, Total: 3}},
		"First beyond the end finds nothing":  {"a\nb\n", func(w *Window) { w.First = 9 }, Page{Total: 2}},
		"invalid bytes are replaced":          {"a\xff\xfeb\n", nil, Page{Content: "a\ufffd\ufffdb\n", Lines: 1, Total: 1}},
		"lines are cut between characters":    {"äöü\n", func(w *Window) { w.MaxChars = 2 }, Page{Content: "äö\n", Lines: 1, Total: 1, CutLines: 1}},
		"a cut line keeps its CRLF":           {"abc\r\n", func(w *Window) { w.MaxChars = 2 }, Page{Content: "ab\r\n", Lines: 1, Total: 1, CutLines: 1}},
		"a line of MaxChars is not cut":       {"abc\r\n", func(w *Window) { w.MaxChars = 3 }, Page{Content: "abc\r\n", Lines: 1, Total: 1}},
		"a line that does not fit waits":      {"abc\ndefgh\ni\n", func(w *Window) { w.MaxBytes = 8 }, Page{Content: "abc\n", Lines: 1, Total: 3}},
		"lines that just fit are shown":       {"abc\ndef\n", func(w *Window) { w.MaxBytes = 8 }, Page{Content: "abc\ndef\n", Lines: 2, Total: 2}},
		"a first line over MaxBytes is cut":   {"äöü\nb\n", func(w *Window) { w.MaxBytes = 4 }, Page{Content: "ä\n", Lines: 1, Total: 2, CutLines: 1}},
		"the smallest limit still moves on":   {"äöü\r\nb\n", func(w *Window) { w.MaxBytes = 1 }, Page{Content: "\r\n", Lines: 1, Total: 2, CutLines: 1}},
		"lines longer than any buffer":        {long + "\n" + long + "\nend", func(w *Window) { w.MaxChars = 3 }, Page{Content: "xxx\nxxx\nend", Lines: 3, Total: 3, CutLines: 2}},
		"skipped lines longer than a buffer":  {long + "\nend\n", func(w *Window) { w.First = 2 }, Page{Content: "end\n", Lines: 1, Total: 2}},
		"the tail is counted, without its LF": {"a\n" + long + "\nx", func(w *Window) { w.MaxLines = 1 }, Page{Content: "a\n", Lines: 1, Total: 3}},
		"a NUL makes it binary":               {"a\x00b\n", nil, Page{Binary: true}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := read(t, c.text, c.change); got != c.want {
				t.Errorf("got %+.200v\nwant %+.200v", got, c.want)
			}
		})
	}
}

func TestErrorsOfTheTextAndCancellationEndTheRead(t *testing.T) {
	t.Parallel()
	broken := errors.New("input/output error")
	w := Window{First: 1, MaxLines: 1, MaxBytes: 10, MaxChars: 10}
	if _, err := Read(context.Background(), iotest.ErrReader(broken), w); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Read(ctx, strings.NewReader("a\nb\n"), w); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// The pages of a text, one after the other, are that text: no byte is lost or shown twice.
func FuzzPages(f *testing.F) {
	f.Add("a\nb\r\n\nüöä", 7, 2)
	f.Add("\r\r\n\xff\n", 2, 1)
	f.Fuzz(func(t *testing.T, text string, maxBytes, maxLines int) {
		if maxBytes < 1 || maxLines < 1 || !utf8.ValidString(text) || strings.Contains(text, "\x00") {
			return
		}
		w := Window{First: 1, MaxLines: int64(maxLines), MaxBytes: maxBytes, MaxChars: 1 << 30}
		var all strings.Builder
		for {
			page, err := Read(context.Background(), strings.NewReader(text), w)
			if err != nil {
				t.Fatal(err)
			}
			all.WriteString(page.Content)
			if page.CutLines > 0 {
				return
			}
			if w.First += page.Lines; w.First > page.Total {
				break
			}
			if page.Lines == 0 {
				t.Fatal("no progress")
			}
		}
		if all.String() != text {
			t.Errorf("pages %q of %q", all.String(), text)
		}
	})
}
