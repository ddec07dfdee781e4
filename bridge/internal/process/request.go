package process

import (
	"math"
	"regexp"
	"strings"
	"time"

	"dev.warren/bridge/internal/bridgepb"
	"dev.warren/bridge/internal/fault"
	"google.golang.org/grpc/codes"
)

var validID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// check refuses what cannot be started as asked, before anything has happened.
func check(r *bridgepb.ProcessStart) error {
	if !validID.MatchString(r.ProcessId) {
		return invalid("process_id %.80q must be 1 to 64 of A-Z a-z 0-9 _ -", r.ProcessId)
	}
	if len(r.Argv) == 0 || r.Argv[0] == "" {
		return invalid("argv of %s must name a command", r.ProcessId)
	}
	for i, arg := range r.Argv {
		if strings.ContainsRune(arg, 0) {
			return invalid("argv[%d] of %s contains a NUL byte", i, r.ProcessId)
		}
	}
	for name, value := range r.Env {
		if name == "" || strings.ContainsAny(name, "=\x00") || strings.ContainsRune(value, 0) {
			return invalid("env of %s: name %q must not be empty or contain '=', and neither name nor value a NUL byte", r.ProcessId, name)
		}
	}
	if strings.ContainsRune(r.Cwd, 0) || strings.ContainsRune(r.User, 0) {
		return invalid("cwd and user of %s must not contain a NUL byte", r.ProcessId)
	}
	return checkLimits(r)
}

func checkLimits(r *bridgepb.ProcessStart) error {
	if r.TimeoutMillis < 0 || r.KillGraceMillis < 0 || r.DetachGraceMillis < 0 {
		return invalid("timeouts of %s must not be negative", r.ProcessId)
	}
	if p := r.Pty; p != nil {
		if p.Columns > math.MaxUint16 || p.Rows > math.MaxUint16 || strings.ContainsRune(p.Term, 0) {
			return invalid("terminal of %s: at most %d columns and rows, no NUL byte in its name", r.ProcessId, math.MaxUint16)
		}
		if r.StdoutFraming == bridgepb.Framing_FRAMING_LINES {
			return invalid("%s: a terminal has no line framing, its output is bytes", r.ProcessId)
		}
	}
	if r.JournalBytes > maxJournalBytes || r.MaxLineBytes > maxLineBytes {
		return fault.New(codes.ResourceExhausted, bridgepb.Reason_REASON_LIMIT,
			"%s: journal_bytes and max_line_bytes may be at most %d and %d", r.ProcessId, maxJournalBytes, maxLineBytes)
	}
	return nil
}

func invalid(format string, args ...any) error {
	return fault.New(codes.InvalidArgument, bridgepb.Reason_REASON_UNSPECIFIED, format, args...)
}

// millis converts without overflow: what is longer than 292 years is no limit at all.
func millis(n int64) time.Duration {
	return time.Duration(min(n, math.MaxInt64/int64(time.Millisecond))) * time.Millisecond
}

func orDefault[T uint32 | int64](value, fallback T) T {
	if value == 0 {
		return fallback
	}
	return value
}
