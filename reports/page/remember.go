package page

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"verso/olap/engine"
)

// Remembering is the source with answers of its tables kept: what one page asked,
// another page, or the same page in another language, is told without asking
// again. The generation does not change while a site is built from it. The
// caller releases the answers when the pages are made.
func (s Source) Remembering() (kept Source, release func()) {
	m := &recall{from: s.DB, answers: map[string]*answer{}}
	kept = s
	kept.DB, kept.direct, kept.common = m, s.DB, &common{cells: map[string]*cell{}}
	return kept, m.release
}

// common are values that pages made from one source share.
type common struct {
	mu    sync.Mutex
	cells map[string]*cell
}

type cell struct {
	once  sync.Once
	value any
	err   error
	left  int // times that it is still asked for
}

// Common is a value that several pages, or a page in several languages, are made
// from: read once, and dropped when it has been asked for so many times in each
// language. Without [Source.Remembering] it is read anew.
func (c *Context) Common(key string, times int, read func() (any, error)) (any, error) {
	if c.common == nil {
		return read()
	}
	c.common.mu.Lock()
	x := c.common.cells[key]
	if x == nil {
		x = &cell{left: times * len(c.Languages.All())}
		c.common.cells[key] = x
	}
	if x.left--; x.left <= 0 {
		delete(c.common.cells, key)
	}
	c.common.mu.Unlock()
	x.once.Do(func() { x.value, x.err = read() })
	return x.value, x.err
}

// Forgetting is the context with a database whose answers are not kept, for what
// one page asks and no other will.
func (c *Context) Forgetting() *Context {
	own := *c
	if c.direct != nil {
		own.DB = c.direct
	}
	return &own
}

// recall answers statements asked before from the answers given then. It is safe
// for concurrent use; of two who ask the same at once, one waits.
type recall struct {
	from engine.Querier

	mu      sync.Mutex
	answers map[string]*answer
}

// answer is what a statement was answered. The fields are set when done is
// closed; batches are owned.
type answer struct {
	done    chan struct{}
	schema  *arrow.Schema
	batches []arrow.RecordBatch
	err     error
}

// Query implements [engine.Querier]. Errors are not kept.
func (m *recall) Query(ctx context.Context, s engine.Statement) (array.RecordReader, error) {
	key := keyOf(s)
	for {
		m.mu.Lock()
		a, asked := m.answers[key]
		if !asked {
			a = &answer{done: make(chan struct{})}
			m.answers[key] = a
		}
		m.mu.Unlock()
		if !asked {
			a.fetch(ctx, m.from, s)
			if a.err != nil {
				m.mu.Lock()
				delete(m.answers, key)
				m.mu.Unlock()
			}
			close(a.done)
		}
		select {
		case <-a.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if a.err == nil {
			return array.NewRecordReader(a.schema, a.batches)
		}
		if !asked {
			return nil, a.err
		}
		// Whoever asked first failed, perhaps for a reason of its own.
	}
}

// fetch asks and keeps every batch.
func (a *answer) fetch(ctx context.Context, from engine.Querier, s engine.Statement) {
	r, err := from.Query(ctx, s)
	if err != nil {
		a.err = err
		return
	}
	a.schema = r.Schema()
	a.err = engine.Each(ctx, r, func(batch arrow.RecordBatch) error {
		batch.Retain()
		a.batches = append(a.batches, batch)
		return nil
	})
	if a.err != nil {
		a.release()
	}
}

func (a *answer) release() {
	for _, b := range a.batches {
		b.Release()
	}
	a.batches = nil
}

// release gives every answer back. Nothing is asked after it.
func (m *recall) release() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, a := range m.answers {
		a.release()
	}
	m.answers = nil
}

// keyOf tells statements apart: the text, and the type and value of every
// argument.
func keyOf(s engine.Statement) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q", s.SQL)
	for _, arg := range s.Args {
		fmt.Fprintf(&b, " %T %#v", arg, arg)
	}
	return b.String()
}
