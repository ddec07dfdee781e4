// Package process runs what the host asks for: it starts processes, keeps their output until it is
// acknowledged, serves one client per process at a time, and ends whole trees.
//
// Memory is bounded. At most MaxLive processes run, whose journals add up to MaxJournals bytes at
// most; a journal is filled only while its client lags behind. Beyond its journal a process costs
// at most the stdin window, a line under assembly (FRAMING_LINES), two chunks of 64 KiB and 16 KiB
// of stderr tail. At most maxEnded ended processes with maxEndedBytes of output are remembered.
//
// Locks: Manager.mu before Process.mu before the journal's. Nothing is sent under a lock.
package process

import "time"

// Limits; requests beyond them are RESOURCE_EXHAUSTED (LIMIT).
const (
	MaxLive     = 1024
	MaxJournals = 1 << 30
)

const (
	maxEnded      = 64
	maxEndedBytes = 32 << 20

	// An ended process is remembered this long; a shorter time once its Exit was sent, because the
	// client most likely has it and only a connection that broke at that moment needs it again.
	retention          = 10 * time.Minute
	retentionDelivered = time.Minute

	// Descendants that hold an output stream delay the end of a process by no more than this.
	drainGrace = 250 * time.Millisecond

	defaultDetachGrace  = 30 * time.Second
	defaultJournalBytes = 1 << 20
	maxJournalBytes     = 64 << 20
	defaultLineBytes    = 16 << 20
	maxLineBytes        = 64 << 20
	stdinWindow         = 1 << 20
	frameBytes          = 64<<10 - 256
)
