package journal

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

func newJournal(o Options) *Journal {
	if o.Wake == nil {
		o.Wake = func() {}
	}
	return New(o)
}

// write is what a pump does.
func write(j *Journal, s Stream, data string) {
	for len(data) > 0 {
		buffer := j.Reserve(s)
		if buffer == nil {
			return
		}
		n := copy(buffer, data)
		j.Commit(s, buffer, n)
		data = data[n:]
	}
}

// read is what a sender does: everything from an offset, gaps shown as <n>.
func read(j *Journal, s Stream, at int64) string {
	var out strings.Builder
	for {
		f := j.Next(s, at, 1<<16)
		switch {
		case f.To == f.From:
			return out.String()
		case f.Long != nil:
			fmt.Fprintf(&out, "[%d]", f.Long.Length)
		case f.Data == nil:
			fmt.Fprintf(&out, "<%d>", f.To-f.From)
		default:
			out.Write(f.Data)
		}
		j.Done(f)
		at = f.To
	}
}

func TestWhatIsNotAcknowledgedCanBeReadAgain(t *testing.T) {
	j := newJournal(Options{Bytes: 1 << 20})
	write(j, Stdout, "hello world")
	j.Ack(6, 0)
	for range 2 {
		if got := read(j, Stdout, 6); got != "world" {
			t.Errorf("got %q", got)
		}
	}
	if got := read(j, Stdout, 0); got != "<6>world" {
		t.Errorf("got %q", got)
	}
}

func TestAFullJournalBlocksUntilAcknowledged(t *testing.T) {
	j := newJournal(Options{Bytes: 100})
	written := make(chan struct{})
	go func() { write(j, Stdout, strings.Repeat("x", 250)); close(written) }()
	for acked := int64(0); acked < 150; {
		stdout, _ := j.Written()
		if j.Held() > 100 {
			t.Fatalf("holds %d", j.Held())
		}
		acked = stdout
		j.Ack(acked, 0)
	}
	select {
	case <-written:
	case <-time.After(10 * time.Second):
		t.Fatal("still blocked")
	}
}

func TestDropOldestAppliesOnlyWhileNobodyIsAttached(t *testing.T) {
	j := newJournal(Options{Bytes: 10, DropOldest: true})
	write(j, Stdout, "0123456789abcdef")
	if got := read(j, Stdout, 0); got != "<6>6789abcdef" {
		t.Errorf("got %q", got)
	}
	j.SetAttached(true)
	blocked := make(chan struct{})
	go func() { write(j, Stdout, "more"); close(blocked) }()
	select {
	case <-blocked:
		t.Error("dropped although somebody is attached")
	case <-time.After(20 * time.Millisecond):
	}
	j.SetAttached(false)
	<-blocked
	if got := read(j, Stdout, 6); got != "<4>abcdefmore" {
		t.Errorf("got %q", got)
	}
}

func TestOneStreamCannotStarveTheOther(t *testing.T) {
	j := newJournal(Options{Bytes: 100})
	write(j, Stderr, strings.Repeat("e", 100))
	write(j, Stdout, "still here")
	if got := read(j, Stdout, 0); got != "still here" {
		t.Errorf("got %q", got)
	}
}

func TestStderrOfALineServerNeverBlocks(t *testing.T) {
	j := newJournal(Options{Bytes: 400, Lines: true})
	j.SetAttached(true)
	write(j, Stderr, strings.Repeat("e", 1000)+"END")
	if got := read(j, Stderr, 0); !strings.HasPrefix(got, "<903>") || !strings.HasSuffix(got, "END") {
		t.Errorf("got %q", got)
	}
}

func TestLinesAreDroppedWhole(t *testing.T) {
	j := newJournal(Options{Bytes: 40, Lines: true, DropOldest: true})
	for i := range 10 {
		j.Put([]byte(fmt.Sprintf("line %d\n", i)))
	}
	if got := read(j, Stdout, 0); got != "<42>line 6\nline 7\nline 8\nline 9\n" {
		t.Errorf("got %q", got)
	}
	big := strings.Repeat("b", 100) + "\n"
	j.Put([]byte(big))
	if got := read(j, Stdout, 0); got != "<70>"+big {
		t.Errorf("the newest line must stay, got %q", got)
	}
}

func TestFramesOfLinesAreWhole(t *testing.T) {
	j := newJournal(Options{Bytes: 1 << 20, Lines: true})
	j.Put([]byte("aaaa\nbbbb\ncccc\n"))
	f := j.Next(Stdout, 0, 12)
	if string(f.Data) != "aaaa\nbbbb\n" {
		t.Errorf("got %q", f.Data)
	}
	j.Done(f)
	if f := j.Next(Stdout, 0, 3); string(f.Data) != "aaaa\n" {
		t.Errorf("a line over the frame size: got %q", f.Data)
	}
	if got := read(j, Stdout, 7); got != "<3>cccc\n" {
		t.Errorf("from within a line: got %q", got)
	}
	j.PutLong(LongLine{Length: 5000, Head: []byte("h"), Tail: []byte("t")})
	j.Put([]byte("d\n"))
	if got := read(j, Stdout, 10); got != "cccc\n[5000]d\n" {
		t.Errorf("got %q", got)
	}
	j.Ack(5015, 0)
	if got := read(j, Stdout, 5015); got != "d\n" || j.Held() != 2 {
		t.Errorf("got %q, held %d", got, j.Held())
	}
}

func TestChunksAreReusedOnlyWhenNobodyReadsThem(t *testing.T) {
	j := newJournal(Options{Bytes: 1 << 20})
	write(j, Stdout, strings.Repeat("a", 4<<10+16<<10+64<<10))
	f := j.Next(Stdout, 20<<10, 1<<16)
	want := bytes.Clone(f.Data)
	j.Ack(84<<10, 0)
	write(j, Stdout, strings.Repeat("b", 64<<10))
	if !bytes.Equal(f.Data, want) {
		t.Error("the data changed under its reader")
	}
	j.Done(f)
}

func TestDiscardUnblocksThePump(t *testing.T) {
	j := newJournal(Options{Bytes: 10})
	done := make(chan struct{})
	go func() { write(j, Stdout, strings.Repeat("x", 1<<20)); close(done) }()
	j.Discard()
	<-done
	if j.Held() != 0 {
		t.Errorf("holds %d", j.Held())
	}
}

func TestStderrTailIsWholeCharacters(t *testing.T) {
	j := newJournal(Options{Bytes: 1 << 20})
	write(j, Stderr, "x"+strings.Repeat("é", 10_000))
	tail := j.StderrTail()
	if len(tail) > 8<<10 || len(tail) < 8<<10-2 || strings.Trim(tail, "é") != "" {
		t.Errorf("%d bytes, other characters %q", len(tail), strings.Trim(tail, "é"))
	}
	j = newJournal(Options{Bytes: 100})
	write(j, Stderr, "caf\xc3\xa9 \xff \xe2\x82")
	if got := j.StderrTail(); got != "café \uFFFD " {
		t.Errorf("got %q", got)
	}
}
