package audit

import (
	"cmp"
	"errors"
	"slices"
	"time"
)

// gatherFor is how long requests that are made while somebody types stand in one
// line, and mostGathered how many such lines are open at once.
const (
	gatherFor    = time.Minute
	mostGathered = 1000
)

// gathering is what makes requests one line: who asks, by which door, of what, and
// how it ends.
type gathering struct{ person, asker, door, generation, cut, outcome string }

// Gather notes a request of which there are many while somebody types, such as the
// check of a statement: those of a minute that differ in the text only become one
// line, with their number, the first and the last moment, the last text and sums of
// the rest. The line is written with the first entry after the minute, by Flush or
// by Close.
func (l *Log) Gather(e Entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.flush(e.Time, gatherFor)
	key := gathering{e.Person, e.Asker, e.Door, e.Generation, e.Cut, e.Outcome}
	g := l.gathered[key]
	if g == nil {
		if len(l.gathered) >= mostGathered {
			err = errors.Join(err, l.flush(e.Time, 0))
		}
		if l.gathered == nil {
			l.gathered = map[gathering]*Entry{}
		}
		own := e
		own.Rows, own.Bytes, own.Took = 0, 0, 0
		g = &own
		l.gathered[key] = g
	}
	g.Count++
	g.Until, g.What, g.Status = e.Time, Short(e.What), e.Status
	g.Rows, g.Bytes, g.Took = g.Rows+e.Rows, g.Bytes+e.Bytes, g.Took+e.Took
	return err
}

// Flush writes the lines gathered whose minute is over.
func (l *Log) Flush(now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.flush(now, gatherFor)
}

// flush writes the lines gathered that began so long ago, the oldest first. The
// lock is held.
func (l *Log) flush(now time.Time, age time.Duration) error {
	var due []*Entry
	for key, g := range l.gathered {
		if now.Sub(g.Time) >= age {
			due = append(due, g)
			delete(l.gathered, key)
		}
	}
	slices.SortFunc(due, func(a, b *Entry) int { return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.ID, b.ID)) })
	var errs []error
	for _, g := range due {
		errs = append(errs, l.write(*g))
	}
	return errors.Join(errs...)
}
