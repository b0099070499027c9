package dense

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Each calls do(worker, i) for i in 0 to n−1 from several goroutines, worker
// counting from 0 to Workers()−1. Calls come in any order: what they write must
// depend on i alone. Scratch space may go by worker.
func Each(n int, do func(worker, i int)) {
	workers := min(Workers(), n)
	if workers <= 1 {
		for i := range n {
			do(0, i)
		}
		return
	}
	var next atomic.Int64
	var group sync.WaitGroup
	for worker := range workers {
		group.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				do(worker, int(i))
			}
		})
	}
	group.Wait()
}

// Workers is the number of goroutines that Each may use.
func Workers() int { return runtime.GOMAXPROCS(0) }
