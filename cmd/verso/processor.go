package main

import (
	"syscall"
	"time"
)

// processorTime is the seconds that all threads of the process have used; 0 where
// the system does not tell.
func processorTime() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}
