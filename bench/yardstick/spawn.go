package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// spawnAll runs one program for each line of the input, whose arguments are separated by tabs, and
// answers with the nanoseconds it took, its exit code, and what it wrote to stderr when it failed.
func spawnAll(in io.Reader, out io.Writer) error {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	complaints, err := os.CreateTemp("", "yardstick-")
	if err != nil {
		return err
	}
	defer complaints.Close()
	if err := os.Remove(complaints.Name()); err != nil {
		return err
	}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		elapsed, code, err := spawn(strings.Split(lines.Text(), "\t"), null, complaints)
		if err != nil {
			return err
		}
		text := ""
		if code != 0 {
			if text, err = written(complaints); err != nil {
				return err
			}
		}
		if err := complaints.Truncate(0); err != nil {
			return err
		}
		if _, err := complaints.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "%d\t%d\t%s\n", elapsed.Nanoseconds(), code, text); err != nil {
			return err
		}
	}
	return lines.Err()
}

// spawn measures from before the fork until the end of the program is known.
func spawn(argv []string, null, complaints *os.File) (time.Duration, int, error) {
	attributes := &os.ProcAttr{Files: []*os.File{null, null, complaints}}
	start := time.Now()
	process, err := os.StartProcess(argv[0], argv, attributes)
	if err != nil {
		return 0, 0, err
	}
	state, err := process.Wait()
	if err != nil {
		return 0, 0, err
	}
	return time.Since(start), state.ExitCode(), nil
}

func written(file *os.File) (string, error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	text, err := io.ReadAll(file)
	return strings.Join(strings.Fields(string(text)), " "), err
}
