// Package outage decides what a refresh does about a source that cannot be read:
// try again, stop, or go on with what was landed last. Going on is never silent:
// what is stale, since when and why goes into the run ledger and into the
// generation, where every page reads it.
package outage

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"verso/etl/config"
	"verso/etl/source"
	"verso/olap/engine"
)

// Stale is a source whose data are those of an earlier run.
type Stale struct {
	Source string `json:"source"`
	Since  string `json:"since"`  // as-of date of the run that landed them, YYYY-MM-DD
	Reason string `json:"reason"` // why it was not read, in one line
}

// Guard applies the policy of every source of one run. It is safe for concurrent
// use by the sources that land side by side.
type Guard struct {
	sources map[string]config.Source
	log     *slog.Logger
	sleep   func(context.Context, time.Duration) error

	mu    sync.Mutex
	stale []Stale
	tries map[string]int
}

// Defaults of retry, where the file says nothing.
const (
	defaultWait    = 30 * time.Second
	defaultLongest = 5 * time.Minute
)

// New is the guard of a run. sleep waits between attempts; nil waits in real
// time.
func New(c *config.Config, log *slog.Logger, sleep func(context.Context, time.Duration) error) *Guard {
	if sleep == nil {
		sleep = wait
	}
	return &Guard{sources: c.Sources, log: log, sleep: sleep, tries: map[string]int{}}
}

// wait waits in real time, or until ctx ends.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Try runs f until it succeeds, or fails for another reason than a source that
// cannot be read, or has been tried as often as the source allows. Between
// attempts it waits, each time twice as long.
func (g *Guard) Try(ctx context.Context, name string, f func(context.Context) error) error {
	r := g.sources[name].Retry
	pause, longest := r.Wait, r.Longest
	if pause == 0 {
		pause = defaultWait
	}
	if longest == 0 {
		longest = defaultLongest
	}
	for attempt := 1; ; attempt++ {
		g.mu.Lock()
		g.tries[name] = attempt
		g.mu.Unlock()
		err := f(ctx)
		if !Unreadable(ctx, err) || attempt >= r.Attempts {
			return err
		}
		pause = min(pause, longest)
		g.log.Warn("source cannot be read; it is tried again", "source", name, "attempt", attempt, "of", r.Attempts, "wait", pause, "error", err)
		if err := g.sleep(ctx, pause); err != nil {
			return err
		}
		pause *= 2
	}
}

// Tries is how often a source was tried.
func (g *Guard) Tries(name string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.tries[name]
}

// Attempts is how often each source was tried.
func (g *Guard) Attempts() map[string]int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return maps.Clone(g.tries)
}

// Restore makes the guard that of a run that went before: what was stale in it,
// and how often it tried each source.
func (g *Guard) Restore(stale []Stale, tries map[string]int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stale = slices.Clone(stale)
	maps.Copy(g.tries, tries)
}

// Unreadable reports whether an error is a source that cannot be read, and not a
// run that was told to stop.
func Unreadable(ctx context.Context, err error) bool {
	var unreadable *source.UnreadableError
	return err != nil && ctx.Err() == nil && errors.As(err, &unreadable)
}

// GoesOn reports whether the run goes on without a source that failed with err.
func (g *Guard) GoesOn(ctx context.Context, name string, err error) bool {
	return g.sources[name].OnFailure == config.OnFailureYesterday && Unreadable(ctx, err)
}

// Note records that a source's data are of an earlier run.
func (g *Guard) Note(name, since string, cause error) {
	s := Stale{Source: name, Since: since, Reason: oneLine(cause)}
	g.mu.Lock()
	g.stale = append(g.stale, s)
	g.mu.Unlock()
	g.log.Warn("source cannot be read; the run goes on with what was landed last", "source", name, "since", since, "error", s.Reason)
}

// Stale lists the sources whose data are of an earlier run, by name.
func (g *Guard) Stale() []Stale {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := slices.Clone(g.stale)
	slices.SortFunc(out, func(a, b Stale) int { return strings.Compare(a.Source, b.Source) })
	return out
}

// oneLine is the message of an error on one line of reasonable length.
func oneLine(err error) string {
	text := []rune(strings.Join(strings.Fields(err.Error()), " "))
	if len(text) > 300 {
		text = append(text[:299:299], '…')
	}
	return string(text)
}

// Table is the table of what is stale; empty when everything was read.
const Table = `CREATE OR REPLACE TABLE meta.stale_source ("source" VARCHAR, "since" DATE, "reason" VARCHAR)`

// Write writes meta.stale_source of a generation.
func (g *Guard) Write(ctx context.Context, conn engine.Conn) error {
	if _, err := conn.Exec(ctx, engine.SQL(Table)); err != nil {
		return err
	}
	for _, s := range g.Stale() {
		if _, err := conn.Exec(ctx, engine.SQL("INSERT INTO meta.stale_source VALUES (?, CAST(? AS DATE), ?)", s.Source, s.Since, s.Reason)); err != nil {
			return err
		}
	}
	return nil
}
