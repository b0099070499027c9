//go:build duckdb_arrow

package duck

import (
	"context"
	"encoding/binary"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow/memory/mallocator"

	"verso/olap/engine"
)

// Whatever the C library's memory held before, a result must not hand it to the
// garbage collector: pointers to memory that Go has given back stop the program.
// Here all memory of the size of the list of column names holds such pointers.
func TestResultOnUsedMemory(t *testing.T) {
	db, err := Open(context.Background(), Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	done := make(chan struct{})
	defer close(done)
	go func() {
		for {
			select {
			case <-done:
				return
			default:
				runtime.GC()
			}
		}
	}()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const columns = 31
	names := make([]string, columns)
	for i := range names {
		names[i] = fmt.Sprintf("%d AS column_%d", i, i)
	}
	sql := "SELECT " + strings.Join(names, ", ")
	for range 500 {
		poison(8*columns, freed(), 64)
		r, err := db.Query(context.Background(), engine.SQL(sql))
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Schema().NumFields(); got != columns {
			t.Fatalf("%d columns, want %d", got, columns)
		}
		r.Release()
	}
}

// freed is an address that Go had memory at and has given back.
func freed() uintptr {
	big := make([]byte, 4<<20)
	return uintptr(unsafe.Pointer(&big[64]))
}

// poison leaves an address in every word of freed C memory of a size.
func poison(size int, address uintptr, chunks int) {
	c := mallocator.NewMallocator()
	held := make([][]byte, chunks)
	for i := range held {
		held[i] = c.Allocate(size)
		for at := 0; at+8 <= size; at += 8 {
			binary.NativeEndian.PutUint64(held[i][at:], uint64(address))
		}
	}
	for _, b := range held {
		c.Free(b)
	}
}
