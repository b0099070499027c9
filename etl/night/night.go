// Package night runs the refresh of every night by a schedule: one at a time,
// each time of the table once, and what was missed while nothing ran once at the
// start. What has run it reads from the run ledger, so that a restart, a second
// server and a refresh by hand are all known to it.
package night

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/go-co-op/gocron/v2"
	"github.com/jonboulle/clockwork"

	"verso/etl/ledger"
	"verso/etl/schedule"
)

// Options are what a night works with.
type Options struct {
	Schedule *schedule.Schedule // nil: nothing runs by itself
	CatchUp  bool               // run at the start what was missed
	Clock    clockwork.Clock
	Log      *slog.Logger
	Runs     func() ([]ledger.Run, error) // the run ledger
	// Refresh runs the refresh of a time of the table to its end, and ends it when
	// ctx does.
	Refresh func(ctx context.Context, due time.Time) error
	// Watch is called every minute and after every refresh; nil: not called.
	Watch func(ctx context.Context)
}

// Night is a running schedule.
type Night struct {
	options   Options
	scheduler gocron.Scheduler
	ctx       context.Context // of the refreshes; Stop ends it
	cancel    context.CancelFunc

	mu      sync.Mutex
	handled time.Time // the latest time of the table that needs nothing more
	stopped bool
	running sync.WaitGroup
	busy    bool
}

// every is how often the schedule is looked at beside its own times: a machine
// that slept, or whose clock was set, is late by no more than this.
const every = time.Minute

// Start begins a schedule and returns at once.
func Start(ctx context.Context, o Options) (*Night, error) {
	n := &Night{options: o}
	n.ctx, n.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if o.Schedule != nil && !o.CatchUp {
		n.handled = o.Schedule.Last(o.Clock.Now())
	}
	var err error
	if n.scheduler, err = gocron.NewScheduler(gocron.WithClock(o.Clock), gocron.WithLocation(time.UTC), gocron.WithStopTimeout(time.Minute)); err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	one := gocron.WithSingletonMode(gocron.LimitModeReschedule)
	if o.Schedule != nil {
		if _, err := n.scheduler.NewJob(gocron.CronJob("0 0 * * *", false), gocron.NewTask(n.look), one, gocron.WithName("refresh"),
			gocron.WithCronImplementation(table{o.Schedule})); err != nil {
			return nil, fmt.Errorf("schedule %v: %w", o.Schedule, err)
		}
	}
	if _, err := n.scheduler.NewJob(gocron.DurationJob(every), gocron.NewTask(n.watch), one, gocron.WithName("watch"),
		gocron.WithStartAt(gocron.WithStartImmediately())); err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	n.scheduler.Start()
	return n, nil
}

// table lets the scheduler follow a Schedule. Its times are given in UTC: the
// scheduler takes two equal times on the wall for one.
type table struct{ schedule *schedule.Schedule }

// IsValid accepts: the schedule was parsed before.
func (table) IsValid(string, *time.Location, time.Time) error { return nil }

// Next is the next time of the schedule.
func (t table) Next(last time.Time) time.Time { return t.schedule.Next(last).UTC() }

// Next is the next time a refresh is due; the zero time without a schedule.
func (n *Night) Next() time.Time {
	if n.options.Schedule == nil {
		return time.Time{}
	}
	return n.options.Schedule.Next(n.options.Clock.Now())
}

// Running reports whether a refresh is running that this schedule began.
func (n *Night) Running() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.busy
}

// watch is the look of every minute.
func (n *Night) watch() {
	n.look()
	if n.options.Watch != nil {
		n.options.Watch(n.ctx)
	}
}

// look begins the refresh that is due, if any. It does not wait for its end, so
// that the look of every minute goes on meanwhile.
func (n *Night) look() {
	due, ok := n.begin()
	if !ok {
		return
	}
	go func() {
		defer n.running.Done()
		log := n.options.Log
		late := n.options.Clock.Now().Sub(due)
		log.Info("nightly refresh begins", "due", due, "late", late.Round(time.Second))
		began := n.options.Clock.Now()
		err := n.options.Refresh(n.ctx, due)
		took := n.options.Clock.Now().Sub(began).Round(time.Millisecond)
		if err != nil {
			log.Error("nightly refresh failed", "due", due, "took", took, "error", err)
		} else {
			log.Info("nightly refresh done", "due", due, "took", took, "next", n.Next())
		}
		n.mu.Lock()
		n.busy = false
		n.mu.Unlock()
		if n.options.Watch != nil && n.ctx.Err() == nil {
			n.options.Watch(n.ctx)
		}
	}()
}

// begin takes the time that is due, if any and if nothing is running.
func (n *Night) begin() (due time.Time, ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.options.Schedule == nil || n.busy || n.stopped {
		return due, false
	}
	// A timer may fire a moment early by the clock on the wall.
	due = n.options.Schedule.Last(n.options.Clock.Now().Add(time.Second))
	if due.IsZero() || !due.After(n.handled) {
		return due, false
	}
	runs, err := n.options.Runs()
	if err != nil {
		n.options.Log.Error("the run ledger cannot be read; the refresh is run", "error", err)
	}
	n.handled = due
	if Covered(runs, due) {
		return due, false
	}
	n.busy = true
	n.running.Add(1)
	return due, true
}

// Covered reports whether the ledger has a run that did the work of a time of
// the table: begun then or later, to publish, and neither broken off nor died. A
// run that failed was tried, and is told, not repeated.
func Covered(runs []ledger.Run, due time.Time) bool {
	for _, r := range runs {
		if r.Dry || r.Started.Before(due) {
			continue
		}
		switch r.Status {
		case ledger.StatusSucceeded, ledger.StatusRefused, ledger.StatusFailed, ledger.StatusRunning:
			return true
		}
	}
	return false
}

// Stop ends the schedule. A refresh that is running has so long to finish; then
// it is ended, and Stop returns when it is.
func (n *Night) Stop(grace time.Duration) error {
	n.mu.Lock()
	n.stopped = true
	busy := n.busy
	n.mu.Unlock()
	idle := make(chan struct{})
	go func() { n.running.Wait(); close(idle) }()
	if busy && grace > 0 {
		n.options.Log.Info("a refresh is running; it may finish", "grace", grace)
		select {
		case <-idle:
		case <-n.options.Clock.After(grace):
		}
	}
	n.cancel()
	<-idle
	if err := n.scheduler.Shutdown(); err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("schedule: %w", err)
	}
	return nil
}
