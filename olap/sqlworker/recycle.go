package sqlworker

import (
	"math/bits"
	"sync"

	"github.com/apache/arrow-go/v18/arrow/memory"
)

// recycler is an allocator for the columns of messages, which are all of a size:
// it gives large memory again that was freed, with what stands in it. Whoever
// takes it writes all of it.
type recycler struct {
	memory.Allocator
	free [maxRecycled + 1]sync.Pool // of *[]byte, by the exponent of their size
}

// Memory of 2^minRecycled to 2^maxRecycled bytes is kept.
const (
	minRecycled = 17
	maxRecycled = 22
)

func newRecycler() *recycler { return &recycler{Allocator: memory.NewGoAllocator()} }

// Allocate gives memory of so many bytes.
func (r *recycler) Allocate(size int) []byte {
	class := bits.Len(uint(max(size, 1) - 1))
	if class < minRecycled || class > maxRecycled {
		return r.Allocator.Allocate(size)
	}
	if b, ok := r.free[class].Get().(*[]byte); ok {
		return (*b)[:size]
	}
	return r.Allocator.Allocate(1 << class)[:size]
}

// Reallocate gives memory of another size with the same content.
func (r *recycler) Reallocate(size int, b []byte) []byte {
	if size <= cap(b) {
		return b[:size]
	}
	larger := r.Allocate(size)
	copy(larger, b)
	r.Free(b)
	return larger
}

// Free takes memory back.
func (r *recycler) Free(b []byte) {
	class := bits.Len(uint(max(cap(b), 1) - 1))
	if cap(b) == 1<<class && class >= minRecycled && class <= maxRecycled {
		b = b[:cap(b)]
		r.free[class].Put(&b)
		return
	}
	r.Allocator.Free(b)
}
