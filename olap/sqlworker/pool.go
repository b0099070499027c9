package sqlworker

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"
)

// Pool keeps workers waiting, each with its file open, so that a statement does
// not wait for the start of a process. It is safe for many goroutines.
type Pool struct {
	each, all int

	mu       sync.Mutex
	idle     []*waiting // the least recently wanted first
	starting map[file]int
	closed   bool
	starts   sync.WaitGroup
}

// waiting is a worker without a request.
type waiting struct {
	file file
	sql  string // it has described this statement and is for its rows; "": for any
	work *work
}

// NewPool keeps each workers waiting for every file wanted of late, and all of
// them together; the files wanted longest ago lose theirs first.
func NewPool(each, all int) *Pool {
	return &Pool{each: max(each, 0), all: max(all, 0), starting: map[file]int{}}
}

// Run is the function [Run], by a worker that waits where there is one.
func (p *Pool) Run(ctx context.Context, r Request) (*Result, error) {
	w, err := p.ask(ctx, r)
	if err != nil {
		return nil, err
	}
	return w.result()
}

// ask gives a request to a worker.
func (p *Pool) ask(ctx context.Context, r Request) (*work, error) {
	r, err := r.complete()
	if err != nil {
		return nil, err
	}
	f := r.file()
	for {
		w := p.take(f, r.SQL)
		p.fill(f)
		if w == nil {
			break
		}
		err := w.ask(ctx, r)
		var gone *goneError
		if errors.As(err, &gone) && ctx.Err() == nil {
			continue // it ended while it waited
		}
		return w, err
	}
	w, err := start(f)
	if err != nil {
		return nil, err
	}
	return w, w.ask(ctx, r)
}

// Warm starts workers for a request's file and limits before any statement.
func (p *Pool) Warm(r Request) error {
	r, err := r.complete()
	if err != nil {
		return err
	}
	p.fill(r.file())
	return nil
}

// Describe gives the schema of a request's result without running it; its metadata
// tells the parameters, see ParametersOf. The worker then waits for the same
// statement to be run, so that both take one worker.
func (p *Pool) Describe(ctx context.Context, r Request) (*arrow.Schema, error) {
	r.Describe = true
	w, err := p.ask(ctx, r)
	if err != nil {
		return nil, err
	}
	result, err := w.result()
	if err != nil {
		return nil, err
	}
	defer result.Reader.Release()
	schema := result.Schema()
	result.Reader.Next() // reads the end of the stream
	if _, err := io.Copy(io.Discard, w.frames); err != nil || w.frames.status == nil || w.frames.status.Error != nil || !w.spared() {
		return schema, w.finish(err)
	}
	w.cancel()
	w.frames.status = nil
	p.put(&waiting{w.request.file(), r.SQL, w})
	return schema, nil
}

// take gives a waiting worker for a file: one that knows the statement, or knows
// none; nil where there is none.
func (p *Pool) take(f file, sql string) *work {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, known := range []string{sql, ""} {
		i := slices.IndexFunc(p.idle, func(w *waiting) bool { return w.file == f && w.sql == known })
		if i >= 0 {
			w := p.idle[i]
			p.idle = slices.Delete(p.idle, i, i+1)
			return w.work
		}
	}
	return nil
}

// fill starts what is missing for a file, beside the caller.
func (p *Pool) fill(f file) {
	p.mu.Lock()
	defer p.mu.Unlock()
	have := p.starting[f]
	for _, w := range p.idle {
		if w.file == f && w.sql == "" {
			have++
		}
	}
	for ; have < p.each && !p.closed; have++ {
		p.starting[f]++
		p.starts.Go(func() { p.startOne(f) })
	}
}

// startOne puts a new worker among those that wait. One that cannot be started
// is left out: the next statement says why.
func (p *Pool) startOne(f file) {
	w, err := start(f)
	p.mu.Lock()
	if p.starting[f]--; p.starting[f] == 0 {
		delete(p.starting, f)
	}
	p.mu.Unlock()
	if err == nil {
		p.put(&waiting{f, "", w})
	}
}

// put has a worker wait, in the place of the one wanted longest ago where there
// are too many.
func (p *Pool) put(w *waiting) {
	p.mu.Lock()
	p.idle = append(p.idle, w)
	extra := max(len(p.idle)-p.all, 0)
	if p.closed {
		extra = len(p.idle)
	}
	spare := slices.Clone(p.idle[:extra])
	p.idle = slices.Delete(p.idle, 0, extra)
	p.mu.Unlock()
	end(spare)
}

// Keep ends the waiting workers of all files but those that keep is true for.
func (p *Pool) Keep(keep func(path string) bool) {
	p.mu.Lock()
	var spare []*waiting
	p.idle = slices.DeleteFunc(p.idle, func(w *waiting) bool {
		gone := !keep(w.file.Path)
		if gone {
			spare = append(spare, w)
		}
		return gone
	})
	p.mu.Unlock()
	end(spare)
}

// Waiting is how many workers wait.
func (p *Pool) Waiting() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.idle)
}

// Close ends all workers that wait. Statements that run are their callers'.
func (p *Pool) Close() {
	p.mu.Lock()
	spare := p.idle
	p.idle, p.closed = nil, true
	p.mu.Unlock()
	end(spare)
	p.starts.Wait()
}

func end(list []*waiting) {
	for _, w := range list {
		w.work.stop()
	}
}
