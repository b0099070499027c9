package olap

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"verso/olap/cache"
	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/rollup/memory"
)

// Limits keep one question from taking what others need. The zero value has
// the defaults.
type Limits struct {
	Cache   int64         // bytes of answers kept; 0: 64 MB, less than 0: none; see also Options.Memory
	Time    time.Duration // a question may run; 0: two minutes, less than 0: no limit
	Running int           // questions that run at the same time, others wait; 0: 8
}

const (
	defaultCache   = 64 << 20
	defaultTime    = 2 * time.Minute
	defaultRunning = 8
)

// limit fills the defaults in.
func (s *shared) limit(l Limits, m *Memory) {
	if l.Time == 0 {
		l.Time = defaultTime
	}
	if l.Running <= 0 {
		l.Running = defaultRunning
	}
	s.limits, s.slots = l, make(chan struct{}, l.Running)
	if m == nil {
		m = NewMemory(l.Cache)
	}
	s.cache, s.plans, s.held = m.answers.Part(), m.plans.Part(), m.rollups.Part()
	s.rolled = memory.New(s.held)
}

// Memory keeps answers and compiled questions. Several Olaps, as those of all that
// people may see of a generation, can share one: its bounds then hold for all of
// them together.
type Memory struct {
	answers *cache.Cache[*Table]
	plans   *cache.Cache[*compile.Compiled]
	rollups *cache.Cache[memory.Held]
}

// NewMemory bounds the answers kept, in bytes; 0: 64 MB, less than 0: none.
// Compiled questions and
// small rollups have bounds of their own, 32 and 96 MB.
func NewMemory(answers int64) *Memory {
	if answers == 0 {
		answers = defaultCache
	}
	return &Memory{cache.New(answers, tableSize), cache.New(plansBytes, planSize), cache.New(rollupsBytes, memory.Held.Size)}
}

// Stats is what is kept, by kind: answers, plans, rollups.
func (m *Memory) Stats() map[string]cache.Stats {
	return map[string]cache.Stats{"answers": m.answers.Stats(), "plans": m.plans.Stats(), "rollups": m.rollups.Stats()}
}

// Drop lets go of what is kept for the generation, for who is done with it. It can
// still be asked.
func (o *Olap) Drop() {
	o.cache.Drop()
	o.plans.Drop()
	o.held.Drop()
}

// TimeError is a question that took longer than it may.
type TimeError struct{ Limit time.Duration }

// Error says the limit and what to do.
func (e *TimeError) Error() string {
	return fmt.Sprintf("the question takes longer than %s; filter more, ask by coarser attributes, or raise the limit", e.Limit)
}

// MemoryError is a question that needs more memory than the engine may use.
type MemoryError struct{ Cause error }

// Error says what to do.
func (e *MemoryError) Error() string {
	return "the question needs more memory than the engine may use; filter more, or ask by coarser attributes"
}

// Unwrap is the engine's error.
func (e *MemoryError) Unwrap() error { return e.Cause }

// Ask answers a query. A question that cannot be answered is a
// *compile.QueryError, an answer beyond its limit a *LimitError, and one that
// takes too long or too much memory a *TimeError or *MemoryError; the others are
// answered on. The generation does not change, so an answer that was given once
// is given again from memory, and equal questions asked at the same time are
// computed once. Rows of an answer are not to be changed.
func (o *Olap) Ask(ctx context.Context, q cube.Query) (*Table, error) {
	a, err := o.Answer(ctx, q)
	if err != nil {
		return nil, err
	}
	return a.Table, nil
}

// Answer is a table and how it was come by.
type Answer struct {
	Table    *Table
	Cached   bool               // it was known already
	Rollup   string             // that it comes from; "": from the facts
	Rejected []compile.Rejected // rollups that could not answer, with the reason
}

// Answer is Ask, with how the table was come by.
func (o *Olap) Answer(ctx context.Context, q cube.Query) (*Answer, error) {
	text, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	var computed atomic.Bool
	table, err := o.cache.Get(ctx, o.lang+"\x00"+string(text), func(ctx context.Context) (*Table, error) {
		computed.Store(true)
		return o.limited(ctx, q)
	})
	if err != nil {
		return nil, err
	}
	a := &Answer{Cached: !computed.Load()}
	if c, err := o.compile(ctx, q); err == nil { // it was compiled for the table
		a.Rollup, a.Rejected = c.Rollup, c.Rejected
	}
	own := *table
	own.Rows, own.Columns, own.Notes = slices.Clip(own.Rows), slices.Clip(own.Columns), slices.Clip(own.Notes)
	a.Table = &own
	return a, nil
}

// Knows reports whether the answer to a query is known already.
func (o *Olap) Knows(q cube.Query) (bool, error) {
	text, err := json.Marshal(q)
	if err != nil {
		return false, err
	}
	return o.cache.Has(o.lang + "\x00" + string(text)), nil
}

// limited asks the database when it is the question's turn.
func (o *Olap) limited(ctx context.Context, q cube.Query) (*Table, error) {
	select {
	case o.slots <- struct{}{}:
		defer func() { <-o.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	own := ctx
	if o.limits.Time > 0 {
		var cancel context.CancelFunc
		own, cancel = context.WithTimeout(ctx, o.limits.Time)
		defer cancel()
	}
	table, err := o.ask(own, q)
	switch {
	case err == nil:
		return table, nil
	case own.Err() != nil && ctx.Err() == nil:
		return nil, &TimeError{o.limits.Time}
	case errors.Is(err, engine.ErrMemory):
		return nil, &MemoryError{err}
	}
	return nil, err
}

// Cached says what the cache of answers did and holds.
func (o *Olap) Cached() cache.Stats { return o.cache.Stats() }

// plansBytes bounds the compiled queries kept.
const plansBytes = 32 << 20

// rollupsBytes bounds the small rollups held in memory.
const rollupsBytes = 96 << 20

func planSize(c *compile.Compiled) int64 {
	size := int64(len(c.SQL)+len(c.CountSQL)) + planHead
	for _, s := range c.Stages {
		size += int64(len(s.Text))
	}
	if c.Cells != nil {
		for _, j := range c.Cells.Joins {
			size += int64(len(j.SQL))
		}
	}
	for _, a := range c.Args {
		size += cellSize
		switch v := a.(type) {
		case string:
			size += int64(len(v))
		case []string:
			size += int64(len(v)) * cellSize
		case []int64:
			size += int64(len(v)) * 8
		}
	}
	return size
}

// The memory of parts of an answer, in bytes.
const (
	cellSize = 40 // an interface and what it points to
	rowSize  = 96
	headSize = 400
	planHead = 4096
)

func tableSize(t *Table) int64 {
	size := int64(len(t.Columns)*headSize + len(t.Rows)*rowSize)
	for _, r := range t.Rows {
		for _, v := range r.Cells {
			size += cellSize
			if text, isText := v.(string); isText {
				size += int64(len(text))
			}
		}
		for _, k := range r.Keys {
			size += cellSize + int64(len(k))
		}
	}
	return size
}
