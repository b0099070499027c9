package main

import (
	"encoding/json"
	"path/filepath"
	"testing"
)

// TestBenchSoak is a soak of a few people for some seconds: no wrong answer, no
// leak, and every kind of request among them.
func TestBenchSoak(t *testing.T) {
	dir, _ := demoCompany(t, smallest...)
	out, errs := verso(t, exitDone, "bench", "soak", "-c", filepath.Join(dir, "verso.yaml"), "--minutes", "0.3", "--users", "8", "--think", "300ms", "--switch", "6s", "--look", "1s", "--settle", "2s", "--format", "json")
	var r soakReport
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v\n%s%s", err, out, errs)
	}
	if r.Switches == 0 || len(r.During) == 0 || r.After.Goroutines == 0 || r.After.Files == 0 || r.After.MemoryMB == 0 {
		t.Errorf("%s", out)
	}
	requests := 0
	for _, k := range r.Kinds {
		requests += k.Requests
	}
	if requests < 20 || len(r.Kinds) < 5 {
		t.Errorf("%d requests of %d kinds\n%s", requests, len(r.Kinds), out)
	}
}
