package sqlworker

import (
	"fmt"
	"io"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// The bodies of encoded messages cross from the worker to the parent in memory
// that both have mapped: the worker writes one into a slot, the parent hands the
// slot's bytes on and gives the slot back by its number, one byte on the worker's
// standard input.
const (
	slots     = 6
	slotBytes = 4 << 20 // as large as a message that clients take
	sharedFD  = 3       // in the worker
)

// newShared makes the memory that a worker is given. Its size is sealed: the
// parent would die by a signal if the worker could make it smaller.
func newShared() (*os.File, error) {
	fd, err := unix.MemfdCreate("verso-result", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, fmt.Errorf("sqlworker: memory shared with a worker: %w", err)
	}
	f := os.NewFile(uintptr(fd), "verso-result")
	if err = f.Truncate(slots * slotBytes); err == nil {
		_, err = unix.FcntlInt(f.Fd(), unix.F_ADD_SEALS, unix.F_SEAL_SHRINK|unix.F_SEAL_GROW|unix.F_SEAL_SEAL)
	}
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("sqlworker: memory shared with a worker: %w", err)
	}
	return f, nil
}

// lent is the parent's view of shared memory. It is unmapped when nothing refers
// to it any more: a message may still be on its way to a client when its result
// has been released.
type lent struct{ data []byte }

func mapLent(f *os.File) (*lent, error) {
	data, err := unix.Mmap(int(f.Fd()), 0, slots*slotBytes, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("sqlworker: memory shared with a worker: %w", err)
	}
	l := &lent{data}
	runtime.AddCleanup(l, func(data []byte) { _ = unix.Munmap(data) }, data)
	return l, nil
}

// slot is the first n bytes of a slot; nil where there is no such slot.
func (l *lent) slot(i, n uint32) []byte {
	if i >= slots || n > slotBytes {
		return nil
	}
	at := int(i) * slotBytes
	return l.data[at : at+int(n) : at+int(n)]
}

// borrowed is the worker's view of shared memory.
type borrowed struct {
	data []byte
	free chan uint32
}

// borrow maps what the parent gave, if it gave something.
func borrow() (*borrowed, error) {
	data, err := unix.Mmap(sharedFD, 0, slots*slotBytes, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, err
	}
	b := &borrowed{data, make(chan uint32, slots)}
	for i := range uint32(slots) {
		b.free <- i
	}
	return b, nil
}

// takeBack reads the numbers of slots that are free again, until the parent is gone.
func (b *borrowed) takeBack(from io.Reader) {
	numbers := make([]byte, slots)
	for {
		n, err := from.Read(numbers)
		for _, i := range numbers[:n] {
			if i < slots {
				b.free <- uint32(i)
			}
		}
		if err != nil {
			return
		}
	}
}
