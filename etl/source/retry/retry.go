// Package retry reads a source again when it breaks off: the whole extract from
// its start, after waits that double and vary by chance, so that a landing never
// holds rows of two attempts.
package retry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"math/rand/v2"
	"time"

	"verso/etl/source"
	"verso/olap/engine"
)

// Policy says how often and how long to wait. The zero Policy is three attempts,
// with waits from a second to a minute.
type Policy struct {
	Attempts int           // in all; 0: 3
	First    time.Duration // wait before the second attempt; 0: a second
	Most     time.Duration // longest wait; 0: a minute
	Seed     uint64        // of the chance in the waits
	// Wait passes the time; nil waits really. It ends early with the context's error.
	Wait func(ctx context.Context, d time.Duration) error
	Log  *slog.Logger // nil: silent
}

// The policy where none is given.
const (
	attempts = 3
	first    = time.Second
	most     = time.Minute
)

// Wrap gives a source patience. The result has the capabilities of source.Sampler
// and source.Locator that s has; for others ask s itself.
func Wrap(name string, s source.Source, p Policy) source.Source {
	p.Attempts, p.First, p.Most = cmp.Or(p.Attempts, attempts), cmp.Or(p.First, first), cmp.Or(p.Most, most)
	if p.Wait == nil {
		p.Wait = wait
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	stream := fnv.New64a()
	stream.Write([]byte(name))
	w := &patient{Source: s, name: name, policy: p, chance: rand.New(rand.NewPCG(p.Seed, stream.Sum64()))} //nolint:gosec // waits are no secret
	sampler, samples := s.(source.Sampler)
	locator, locates := s.(source.Locator)
	switch {
	case samples && locates:
		return struct {
			*patient
			source.Locator
			source.Sampler
		}{w, locator, sampling{w, sampler}}
	case samples:
		return struct {
			*patient
			source.Sampler
		}{w, sampling{w, sampler}}
	}
	return w
}

// wait passes the time, or returns the context's error at once.
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

type patient struct {
	source.Source
	name   string
	policy Policy
	chance *rand.Rand
}

// Pause is the wait before attempt n (from 2): First doubled up to Most, of
// which between half and all by chance.
func (p Policy) Pause(n int, chance *rand.Rand) time.Duration {
	d := p.First
	for i := 2; i < n && d < p.Most; i++ {
		d *= 2
	}
	d = min(d, p.Most)
	return d/2 + time.Duration(chance.Int64N(int64(d/2)+1))
}

// try runs do until it succeeds, fails for good, or the attempts are used up.
// failures are the errors of the attempts before the last.
func (w *patient) try(ctx context.Context, what string, do func() error) (failures []error, err error) {
	for n := 1; ; n++ {
		err = do()
		var u *source.UnreadableError
		switch {
		case err == nil, ctx.Err() != nil, !errors.As(err, &u), !u.Passing:
			return failures, err
		case n >= w.policy.Attempts:
			if n > 1 {
				err = fmt.Errorf("%w (attempt %d of %d)", err, n, w.policy.Attempts)
			}
			return failures, err
		}
		failures = append(failures, err)
		pause := w.policy.Pause(n+1, w.chance)
		w.policy.Log.Warn("source broke off, trying again", "source", w.name, "extract", what, "attempt", n, "of", w.policy.Attempts, "wait", pause.Round(time.Millisecond), "error", err)
		if err := w.policy.Wait(ctx, pause); err != nil {
			return failures, fmt.Errorf("source %s: %w", w.name, err)
		}
	}
}

// Columns implements source.Source.
func (w *patient) Columns(ctx context.Context, conn engine.Conn, req source.Request) (columns []source.Column, err error) {
	_, err = w.try(ctx, req.Name, func() error {
		columns, err = w.Source.Columns(ctx, conn, req)
		return err
	})
	return columns, err
}

// Land implements source.Source.
func (w *patient) Land(ctx context.Context, conn engine.Conn, req source.Request) (report source.Report, err error) {
	failures, err := w.try(ctx, req.Name, func() error {
		report, err = w.Source.Land(ctx, conn, req)
		return err
	})
	if err != nil {
		return source.Report{}, err
	}
	for i, f := range failures {
		report.Notes = append(report.Notes, fmt.Sprintf("attempt %d failed: %v", i+1, f))
	}
	if len(failures) > 0 {
		report.Attempts = len(failures) + 1
	}
	return report, nil
}

type sampling struct {
	w       *patient
	sampler source.Sampler
}

// Sample implements source.Sampler.
func (s sampling) Sample(ctx context.Context, conn engine.Conn, req source.Request, n int) (rows [][]string, err error) {
	_, err = s.w.try(ctx, req.Name, func() error {
		rows, err = s.sampler.Sample(ctx, conn, req, n)
		return err
	})
	return rows, err
}
