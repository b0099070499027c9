package peak

import (
	"syscall"
	"time"
)

// Processor is the processor time that the process has taken, of all its
// threads and of the system for it; 0 when unknown.
func Processor() time.Duration {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
