package server

import (
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	o, err := Parse(strings.Fields("--sandbox-id s --listen unix:/run/warren/s --subreaper"))
	if err != nil || o.Root != "/data" || o.Network != "unix" || o.Address != "/run/warren/s" || o.StopGrace != 8*time.Second {
		t.Errorf("got %+v, %v", o, err)
	}
	o, err = Parse(strings.Fields("--sandbox-id s --listen tcp:0.0.0.0:9090 --client-ca ca.pem --stop-grace-millis 5"))
	if err != nil || o.Network != "tcp" || o.Address != "0.0.0.0:9090" || o.StopGrace != 5*time.Millisecond {
		t.Errorf("got %+v, %v", o, err)
	}
}

func TestParseRefuses(t *testing.T) {
	for line, want := range map[string]string{
		"--listen unix:/s":                                       "--sandbox-id",
		"--sandbox-id s":                                         "--listen",
		"--sandbox-id s --listen udp:x":                          "--listen",
		"--sandbox-id s --listen unix:":                          "--listen",
		"--sandbox-id s --listen tcp:0.0.0.0:9090":               "mutual TLS",
		"--sandbox-id s --listen unix:/s --client-ca x":          "--client-ca",
		"--sandbox-id s --listen unix:/s --root data":            "absolute",
		"--sandbox-id s --listen unix:/s extra":                  "extra",
		"--sandbox-id s --listen unix:/s --no-such-flag":         "no-such-flag",
		"--sandbox-id s --listen unix:/s --stop-grace-millis -1": "negative",
	} {
		if _, err := Parse(strings.Fields(line)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", line, err)
		}
	}
}
