package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"dev.warren/bridge/internal/bridgepb"
)

// BenchmarkTrue is the round trip of the shortest command, over the unix socket.
func BenchmarkTrue(b *testing.B) {
	s := launch(b, nil, "--subreaper")
	var times []time.Duration
	for b.Loop() {
		begin := time.Now()
		if _, exit := s.exec(&bridgepb.ProcessStart{Argv: []string{"true"}}); exit.ExitCode != 0 {
			b.Fatal(exit)
		}
		times = append(times, time.Since(begin))
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds()), "median-µs")
}

// cpuTicks is the processor time a process has used, in hundredths of a second.
func cpuTicks(b *testing.B, pid int) (ticks int) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')')+1:]))
	var user, system int
	fmt.Sscan(fields[11], &user)
	fmt.Sscan(fields[12], &system)
	return user + system
}

// BenchmarkOutput is the rate at which a command's output arrives, acknowledged as it comes.
func BenchmarkOutput(b *testing.B) {
	const size = 256 << 20
	s := launch(b, nil, "--subreaper")
	b.SetBytes(size)
	server := s.children(s.initPid(false))[0]
	before := cpuTicks(b, server)
	defer func() {
		// Steadier than the rate on a machine that is shared.
		b.ReportMetric(float64(cpuTicks(b, server)-before)*10*4/float64(b.N), "cpu-ms/GiB")
	}()
	for b.Loop() {
		stream, err := s.client.Exec(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		_ = stream.Send(&bridgepb.ProcessInput{Frame: &bridgepb.ProcessInput_Start{Start: &bridgepb.ProcessStart{
			ProcessId: fmt.Sprint("b", time.Now().UnixNano()), Argv: []string{"head", "-c", fmt.Sprint(size), "/dev/zero"}}}})
		var received, acknowledged int64
		for {
			frame, err := stream.Recv()
			if err != nil {
				b.Fatal(err)
			}
			received += int64(len(frame.GetOutput().GetData()))
			if received-acknowledged >= 256<<10 {
				acknowledged = received
				_ = stream.Send(&bridgepb.ProcessInput{Frame: &bridgepb.ProcessInput_Ack{Ack: &bridgepb.Ack{StdoutOffset: received}}})
			}
			if frame.GetExit() != nil {
				break
			}
		}
		if received != size {
			b.Fatalf("%d bytes", received)
		}
	}
}
