// Package peak measures what the process takes: its highest memory use and its
// processor time.
package peak

import (
	"bytes"
	"os"
	"strconv"
)

// Reset lets the system forget the process's highest memory use, so that
// the next Memory is of one step. Where it cannot, peaks are of the run.
func Reset() {
	// Only Linux has the file; a failure leaves the peak as it was.
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
}

// Memory is the highest resident memory in bytes, 0 when unknown.
func Memory() int64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, after, found := bytes.Cut(text, []byte("VmHWM:"))
	if !found {
		return 0
	}
	fields := bytes.Fields(after)
	if len(fields) == 0 {
		return 0
	}
	kb, err := strconv.ParseInt(string(fields[0]), 10, 64)
	if err != nil {
		return 0
	}
	return kb * 1024
}
